/** One field of a header block: a pair, and what it weighs in a table (RFC 7541 §4.1). */
export interface Entry {
  readonly name: string;
  readonly value: string;
  /** `name: value\r\n`, the form headers have between the wires. */
  readonly line: string;
  readonly size: number;
  /** Its name and value have been found good, by whoever reads heads: an entry of a table is read often. */
  good: boolean;
}

export function entry(name: string, value: string): Entry {
  return { name, value, line: `${name}: ${value}\r\n`, size: name.length + value.length + 32, good: false };
}

/** RFC 7541 Appendix A; index 1 is the first. */
const ROWS: readonly (readonly [string, string])[] = [
  [':authority', ''],
  [':method', 'GET'],
  [':method', 'POST'],
  [':path', '/'],
  [':path', '/index.html'],
  [':scheme', 'http'],
  [':scheme', 'https'],
  [':status', '200'],
  [':status', '204'],
  [':status', '206'],
  [':status', '304'],
  [':status', '400'],
  [':status', '404'],
  [':status', '500'],
  ['accept-charset', ''],
  ['accept-encoding', 'gzip, deflate'],
  ['accept-language', ''],
  ['accept-ranges', ''],
  ['accept', ''],
  ['access-control-allow-origin', ''],
  ['age', ''],
  ['allow', ''],
  ['authorization', ''],
  ['cache-control', ''],
  ['content-disposition', ''],
  ['content-encoding', ''],
  ['content-language', ''],
  ['content-length', ''],
  ['content-location', ''],
  ['content-range', ''],
  ['content-type', ''],
  ['cookie', ''],
  ['date', ''],
  ['etag', ''],
  ['expect', ''],
  ['expires', ''],
  ['from', ''],
  ['host', ''],
  ['if-match', ''],
  ['if-modified-since', ''],
  ['if-none-match', ''],
  ['if-range', ''],
  ['if-unmodified-since', ''],
  ['last-modified', ''],
  ['link', ''],
  ['location', ''],
  ['max-forwards', ''],
  ['proxy-authenticate', ''],
  ['proxy-authorization', ''],
  ['range', ''],
  ['referer', ''],
  ['refresh', ''],
  ['retry-after', ''],
  ['server', ''],
  ['set-cookie', ''],
  ['strict-transport-security', ''],
  ['transfer-encoding', ''],
  ['user-agent', ''],
  ['vary', ''],
  ['via', ''],
  ['www-authenticate', ''],
];

export const staticTable: readonly Entry[] = ROWS.map(([name, value]) => entry(name, value));

/** Index of the first entry with a name. */
export const staticNames: ReadonlyMap<string, number> = new Map(
  ROWS.map(([name], i) => [name, i + 1] as const).reverse(),
);
