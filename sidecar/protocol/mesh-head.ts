// Hot.
import { STATUS_CODES } from 'node:http';

/**
 * What HTTP/1 heads say that HTTP/2 has no place for, carried between two linkers in one field of its own, so that an
 * application behind them cannot tell: the spelling of field names, the place of Host, the minor version, the reason.
 *
 * `heddle-h1: 1c` is HTTP/1.1 with names Spelled-Like-This, `1l` with names in lower case, `1=Accept,x-Foo` with these
 * names, in order. `c` and `l` have the place of Host behind them where it is not the first field: `1c3`. Responses have
 * `!` where the origin has switched protocols, which looks like any other 200 in HTTP/2, and the reason phrase behind a
 * blank where it is not the standard one.
 */
export const meshField = 'heddle-h1';
const MARK = `\r\n${meshField}: `;

/** Whether the block is of an HTTP/1 message that a linker has upgraded. */
export function upgraded(lines: string): boolean {
  return lines.includes(MARK) || lines.startsWith(`${meshField}: `);
}

export function spell(minor: 0 | 1, lines: string, switched = false): string {
  return `${minor}${switched ? '!' : ''}${spelling(lines)}`;
}

/** The reason phrase to be told besides; '' where it is the one everybody knows. Blanks at its end are not told. */
export function reasonToTell(status: number, reason: string): string {
  return reason === '' || reason === STATUS_CODES[status] ? '' : ` ${reason}`.trimEnd();
}

export interface Told {
  readonly minor: 0 | 1;
  /** The block with its names as they were, and without the field itself. */
  readonly lines: string;
  readonly reason: string;
  readonly switched: boolean;
}

/**
 * Undoes `spell` on a block that came over HTTP/2; undefined where the field is not there. The last one counts, which
 * is the linker's: an application may have sent one of its own.
 */
export function respelled(lines: string): Told | undefined {
  const before = lines.lastIndexOf(MARK);
  if (before < 0 && !upgraded(lines)) return undefined;
  const start = before < 0 ? 0 : before + 2;
  const end = lines.indexOf('\r\n', start);
  const value = lines.slice(start + meshField.length + 2, end);
  const rest = lines.slice(0, start) + lines.slice(end + 2);
  const blank = value.indexOf(' ');
  const switched = value[1] === '!';
  const code = value.slice(switched ? 2 : 1, blank < 0 ? value.length : blank);
  const reason = blank < 0 ? '' : value.slice(blank + 1);
  return { minor: value.startsWith('0') ? 0 : 1, lines: rename(rest, code), reason, switched };
}

/** Trailers with their spelling, if it needs telling. */
export function spellTrailers(lines: string): string {
  const code = spelling(lines);
  return code === 'l' ? lines : `${lines}${meshField}: 1${code}\r\n`;
}

export function respelledTrailers(lines: string): string {
  return respelled(lines)?.lines ?? lines;
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

/** What is known of a name as it is written, in bits. */
const Name = { lower: 1, canonical: 2, host: 4, cookie: 8, stays: 16 } as const;
const names = new Map<string, number>();

function known(name: string): number {
  const bits = names.get(name);
  if (bits !== undefined) return bits;
  const lower = name.toLowerCase();
  const made =
    (name === lower ? Name.lower : 0) |
    (name === canonical(lower) ? Name.canonical : 0) |
    (lower === 'host' ? Name.host : 0) |
    (lower === 'cookie' ? Name.cookie : 0) |
    (lower === 'keep-alive' || lower === 'proxy-connection' ? Name.stays : 0);
  if (names.size >= 2000) names.clear();
  names.set(Buffer.from(name, 'latin1').toString('latin1'), made); // a copy: a part of a string keeps the whole of it
  return made;
}

/**
 * How the names of a block are written. Fields that do not pass HTTP/2 as lines of their own are left out: what is hop
 * by hop, and all cookies but the first.
 */
function spelling(lines: string): string {
  let all: number = Name.lower | Name.canonical;
  let list = '';
  let host = 0;
  let n = 0;
  let cookie = false;
  for (let at = 0; at < lines.length; at = lines.indexOf('\r\n', at) + 2) {
    const name = lines.slice(at, lines.indexOf(':', at));
    const bits = known(name);
    if ((bits & Name.stays) !== 0 || ((bits & Name.cookie) !== 0 && cookie)) continue;
    if ((bits & Name.cookie) !== 0) cookie = true;
    if ((bits & Name.host) !== 0) host = n;
    list += n === 0 ? name : `,${name}`;
    all &= bits;
    n += 1;
  }
  if ((all & Name.lower) !== 0) return host > 0 ? `l${host}` : 'l';
  if ((all & Name.canonical) !== 0) return host > 0 ? `c${host}` : 'c';
  return `=${list}`;
}

/** Host comes first, and as `Host`, out of HTTP/2; all other names are in lower case. */
function rename(lines: string, code: string): string {
  const hostEnd = lines.startsWith('Host: ') ? lines.indexOf('\r\n') + 2 : 0;
  const host = lines.slice('Host'.length, hostEnd);
  const rest = lines.slice(hostEnd);
  if (code.startsWith('=')) return asListed(rest, host, code.slice(1).split(','));
  const lower = code.startsWith('l');
  const hostLine = host === '' ? '' : (lower ? 'host' : 'Host') + host;
  const place = host === '' ? -1 : /^.\d{1,4}$/.test(code) ? Number(code.slice(1)) : 0;
  if (lower && place <= 0) return hostLine + rest;
  let out = '';
  let i = 0;
  for (let at = 0; at < rest.length; i++) {
    if (i === place) out += hostLine;
    const end = rest.indexOf('\r\n', at) + 2;
    const colon = rest.indexOf(':', at);
    const name = rest.slice(at, colon);
    out += (lower ? name : canonical(name)) + rest.slice(colon, end);
    at = end;
  }
  return place >= i ? out + hostLine : out;
}

/** Only the case of names may differ: a peer cannot put another field in place of the one that was checked. */
function asListed(rest: string, host: string, names: readonly string[]): string {
  let out = '';
  let i = 0;
  let hostDue = host;
  const hostHere = (): void => {
    if (names[i]?.toLowerCase() !== 'host') return;
    if (hostDue !== '') out += names[i] + hostDue;
    hostDue = '';
    i += 1;
  };
  for (let at = 0; at < rest.length; ) {
    hostHere();
    const end = rest.indexOf('\r\n', at) + 2;
    const colon = rest.indexOf(':', at);
    const name = rest.slice(at, colon);
    if (names[i]?.toLowerCase() === name) out += names[i++] + rest.slice(colon, end);
    else out += rest.slice(at, end);
    at = end;
  }
  hostHere();
  return hostDue === '' ? out : `Host${hostDue}${out}`;
}
