// Hot.
import { STATUS_CODES } from 'node:http';

/**
 * What HTTP/1 heads say that HTTP/2 has no place for, carried between two linkers in one field of its own, so that an
 * application behind them cannot tell: the spelling of field names, the minor version, the reason phrase.
 *
 * `heddle-h1: 1c` is HTTP/1.1 with names Spelled-Like-This, `1l` with names in lower case, `1=Accept,x-Foo` with these
 * names, in order. Responses have `!` where the origin has switched protocols, which looks like any other 200 in HTTP/2,
 * and the reason phrase behind a blank where it is not the standard one.
 */
export const meshField = 'heddle-h1';

const remembered = new Map<string, string>();
const REMEMBERED = 512;

export function spell(minor: 0 | 1, lines: string, switched = false): string {
  let code = remembered.get(lines);
  if (code === undefined) {
    code = spelling(namesOf(lines));
    if (remembered.size >= REMEMBERED) remembered.clear();
    if (lines.length <= 4096) remembered.set(lines, code);
  }
  return `${minor}${switched ? '!' : ''}${code}`;
}

/** The reason phrase to be told besides; '' where it is the one everybody knows. */
export function reasonToTell(status: number, reason: string): string {
  return reason === '' || reason === STATUS_CODES[status] ? '' : ` ${reason}`;
}

export interface Told {
  readonly minor: 0 | 1;
  /** The block with its names as they were, and without the field itself. */
  readonly lines: string;
  readonly reason: string;
  readonly switched: boolean;
}

/** Undoes `spell` on a block that came over HTTP/2; undefined where the field is not there. */
export function respelled(lines: string): Told | undefined {
  const start = `\r\n${lines}`.indexOf(`\r\n${meshField}: `);
  if (start < 0) return undefined;
  const end = lines.indexOf('\r\n', start);
  const value = lines.slice(start + meshField.length + 2, end);
  const rest = lines.slice(0, start) + lines.slice(end + 2);
  const blank = value.indexOf(' ');
  const switched = value[1] === '!';
  const code = value.slice(switched ? 2 : 1, blank < 0 ? value.length : blank);
  const reason = blank < 0 ? '' : value.slice(blank + 1);
  return { minor: value.startsWith('0') ? 0 : 1, lines: rename(rest, code), reason, switched };
}

const WORDS: Readonly<Record<string, string>> = { etag: 'ETag', 'www-authenticate': 'WWW-Authenticate' };

const canonicalNames = new Map<string, string>();

/** `content-type` as most write it: `Content-Type`. */
function canonical(name: string): string {
  let known = canonicalNames.get(name);
  if (known === undefined) {
    known =
      WORDS[name] ?? name.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
    if (canonicalNames.size >= 2000) canonicalNames.clear();
    canonicalNames.set(name, known);
  }
  return known;
}

/** Names of a block, Host left out: it has its own place in HTTP/2. */
function namesOf(lines: string): string[] {
  const names: string[] = [];
  for (let at = 0; at < lines.length; at = lines.indexOf('\r\n', at) + 2) {
    const name = lines.slice(at, lines.indexOf(':', at));
    if (name.toLowerCase() !== 'host') names.push(name);
  }
  return names;
}

function spelling(names: readonly string[]): string {
  if (names.every((name) => name === canonical(name.toLowerCase()))) return 'c';
  if (names.every((name) => name === name.toLowerCase())) return 'l';
  return `=${names.join(',')}`;
}

function rename(lines: string, code: string): string {
  if (code === 'l' || lines === '') return lines;
  const names = code.startsWith('=') ? code.slice(1).split(',') : undefined;
  let out = '';
  let i = 0;
  for (let at = 0; at < lines.length; ) {
    const end = lines.indexOf('\r\n', at) + 2;
    const colon = lines.indexOf(':', at);
    const name = lines.slice(at, colon);
    if (name.toLowerCase() === 'host') out += lines.slice(at, end);
    else {
      // Only the case may differ: a peer cannot put another field in place of the one that was checked.
      const told = names?.[i++];
      const spelled =
        told !== undefined && told.toLowerCase() === name ? told : names === undefined ? canonical(name) : name;
      out += spelled + lines.slice(colon, end);
    }
    at = end;
  }
  return out;
}
