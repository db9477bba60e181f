// Hot.
import { huffmanEncode, huffmanLength } from './huffman.ts';
import { staticNames, staticTable } from './static-table.ts';

const fc = String.fromCharCode;

/**
 * Encodes header fields (RFC 7541) as byte strings, without a dynamic table: what is encoded does not depend on what
 * was before, so it can be remembered and shared by all connections.
 *
 * Names are written in lower case (RFC 9113 §8.2.1). Credentials are marked as never to be indexed.
 */

/** Blocks that stay the same for long, such as those that say where a request goes; none longer than this. */
const remembered = new Map<string, string>();
const REMEMBERED = 512;
const LONGEST = 4096;

/** A block of `Name: value\r\n` lines that will come again as it is. */
export function encodeLines(lines: string): string {
  if (lines === '') return '';
  const known = remembered.get(lines);
  if (known !== undefined) return known;
  const out = encodeVaryingLines(lines);
  if (lines.length <= LONGEST) {
    if (remembered.size >= REMEMBERED) remembered.clear();
    remembered.set(lines, out);
  }
  return out;
}

/** Blocks of late by their length, and what they are encoded; in one piece once they have come again. */
const late: ({ readonly lines: string; block: string; whole: boolean } | undefined)[] = new Array(256).fill(undefined);

/**
 * A block of lines that may be that of the message before: one of the same length is compared, which costs next to
 * nothing where it is the same string or where they differ.
 */
export function encodeSameLines(lines: string): string {
  const at = lines.length & 255;
  const known = late[at];
  if (known !== undefined && known.lines === lines) {
    if (!known.whole) {
      known.block = Buffer.from(known.block, 'latin1').toString('latin1');
      known.whole = true;
    }
    return known.block;
  }
  const block = encodeVaryingLines(lines);
  if (lines.length <= LONGEST) late[at] = { lines, block, whole: false };
  return block;
}

/** A block of lines of which at least one is different each time: only their names are remembered. */
export function encodeVaryingLines(lines: string): string {
  let out = '';
  for (let at = 0; at < lines.length; ) {
    const end = lines.indexOf('\r\n', at);
    const colon = lines.indexOf(':', at);
    const name = named(lines.slice(at, colon));
    if (!name.leftOut) out += fieldOf(name, withoutBlanks(lines, colon + 1, end));
    at = end + 2;
  }
  return out;
}

function withoutBlanks(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && blank(text.charCodeAt(start))) start++;
  while (end > start && blank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

const blank = (code: number): boolean => code === 32 || code === 9;

/** One field; `name` in lower case. */
export function encodeField(name: string, value: string): string {
  return fieldOf(named(name), value);
}

/** A field whose value changes with each request: no search for pairs. */
export function encodeVarying(name: string, value: string): string {
  return named(name).literal + plain(value);
}

/** What is known of a field name, however it is written. */
interface Name {
  /** The name before a literal value that is not indexed. */
  readonly literal: string;
  /** Whole fields of the static table, by their values. */
  readonly pairs: ReadonlyMap<string, string> | undefined;
  /** `:authority` says Host; the others speak of one HTTP/1 connection and may not stand in HTTP/2 (RFC 9113 §8.2.2). */
  readonly leftOut: boolean;
}

const names = new Map<string, Name>();
const NAMES = 2000;

function named(name: string): Name {
  const known = names.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  const made = {
    literal: literalName(lower),
    pairs: pairsOf(lower),
    leftOut: lower === 'host' || lower === 'keep-alive' || lower === 'proxy-connection',
  };
  if (names.size >= NAMES) names.clear();
  // A copy: a part of a string keeps the whole of it in memory.
  names.set(Buffer.from(name, 'latin1').toString('latin1'), made);
  return made;
}

function fieldOf(name: Name, value: string): string {
  return name.pairs?.get(value) ?? name.literal + plain(value);
}

const CREDENTIALS = new Set(['authorization', 'cookie', 'set-cookie', 'proxy-authorization']);

/** A field name before a literal value: not indexed, and for credentials never to be, by anyone further on. */
function literalName(name: string): string {
  const mark = CREDENTIALS.has(name) ? 0x10 : 0;
  const index = staticNames.get(name);
  if (index === undefined) return fc(mark) + coded(name);
  return index < 15 ? fc(mark | index) : fc(mark | 15) + fc(index - 15);
}

function pairsOf(name: string): ReadonlyMap<string, string> | undefined {
  const pairs = staticTable.flatMap((e, i) =>
    e.name === name && e.value !== '' ? [[e.value, fc(0x80 | (i + 1))] as const] : [],
  );
  return pairs.length === 0 ? undefined : new Map(pairs);
}

function plain(text: string): string {
  return length(text.length, 0) + text;
}

/** The shorter of the plain and the Huffman form. */
function coded(text: string): string {
  const size = huffmanLength(text);
  return size < text.length ? length(size, 0x80) + huffmanEncode(text) : plain(text);
}

function length(n: number, mark: number): string {
  if (n < 127) return fc(mark | n);
  let out = fc(mark | 127);
  let left = n - 127;
  for (; left >= 128; left >>>= 7) out += fc((left & 127) | 128);
  return out + fc(left);
}
