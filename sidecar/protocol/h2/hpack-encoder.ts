// Hot.
import { huffmanEncode, huffmanLength } from './huffman.ts';
import { staticNames, staticPairs } from './static-table.ts';

const fc = String.fromCharCode;

/** Blocks of lines seen before are not encoded again; so many are remembered, none longer than this. */
const REMEMBERED = 512;
const LONGEST = 4096;

/**
 * Encodes header fields (RFC 7541) as byte strings, without a dynamic table: what is encoded does not depend on what
 * was before, so it can be remembered and shared by all connections.
 *
 * Names are written in lower case (RFC 9113 §8.2.1). Credentials are marked as never to be indexed.
 */
const remembered = new Map<string, string>();

/** A block of `Name: value\r\n` lines that is likely to come again. */
export function encodeLines(lines: string): string {
  if (lines === '') return '';
  const known = remembered.get(lines);
  if (known !== undefined) return known;
  const out = encodeEach(lines, encodeField);
  if (lines.length <= LONGEST) {
    if (remembered.size >= REMEMBERED) remembered.clear();
    remembered.set(lines, out);
  }
  return out;
}

/** A block of lines that is different each time. */
export function encodeVaryingLines(lines: string): string {
  return lines === '' ? '' : encodeEach(lines, encodeVarying);
}

/** `:authority` says Host; the others speak of one HTTP/1 connection and may not stand in HTTP/2 (RFC 9113 §8.2.2). */
const LEFT_OUT = new Set(['host', 'keep-alive', 'proxy-connection']);

function encodeEach(lines: string, encode: (name: string, value: string) => string): string {
  let out = '';
  for (let at = 0; at < lines.length; ) {
    const end = lines.indexOf('\r\n', at);
    const colon = lines.indexOf(':', at);
    const name = lines.slice(at, colon).toLowerCase();
    if (!LEFT_OUT.has(name)) out += encode(name, withoutBlanks(lines, colon + 1, end));
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
  const pair = staticPairs.get(`${name}: ${value}\r\n`);
  if (pair !== undefined) return fc(0x80 | pair);
  const sensitive =
    name === 'authorization' || name === 'cookie' || name === 'set-cookie' || name === 'proxy-authorization';
  return literalName(name, sensitive ? 0x10 : 0) + plain(value);
}

/** A field whose value changes with each request: no search for pairs, no Huffman code. */
export function encodeVarying(name: string, value: string): string {
  return literalName(name, 0) + plain(value);
}

/** A field name before a literal value that is not indexed; `mark` 0x10: never indexed, by anyone further on. */
function literalName(name: string, mark: number): string {
  const index = staticNames.get(name);
  if (index === undefined) return fc(mark) + coded(name);
  return index < 15 ? fc(mark | index) : fc(mark | 15) + fc(index - 15);
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
