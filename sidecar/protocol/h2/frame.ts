import '../buffer.ts';

/** Frame types (RFC 9113 §6). */
export const Type = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goaway: 7,
  window: 8,
  continuation: 9,
  /** Of our own (RFC 9113 §5.5): a head of HTTP/1, as it is. */
  head1: 0xf1,
} as const;

export const Flag = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 0x20 } as const;

/** Error codes (RFC 9113 §7). */
export const Code = {
  none: 0,
  protocol: 1,
  internal: 2,
  flowControl: 3,
  settingsTimeout: 4,
  streamClosed: 5,
  frameSize: 6,
  refused: 7,
  cancel: 8,
  compression: 9,
  connect: 10,
  calm: 11,
  security: 12,
  http11: 13,
} as const;

export const Setting = {
  tableSize: 1,
  push: 2,
  maxStreams: 3,
  window: 4,
  maxFrame: 5,
  maxList: 6,
  connectProtocol: 8,
} as const;

export const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
export const HEADER = 9;
/** What we take, and what we send without being told otherwise. */
export const FRAME = 16384;
export const WINDOW = 65535;
/** Bytes of a header table, either way: the default, which we neither raise nor lower. */
export const TABLE = 4096;
export const MAX_WINDOW = 2 ** 31 - 1;

const scratch = Buffer.alloc(HEADER);

/** The nine bytes before a payload, as a byte string. */
export function frameHeader(length: number, type: number, flags: number, stream: number): string {
  scratch[0] = length >>> 16;
  scratch[1] = length >>> 8;
  scratch[2] = length;
  scratch[3] = type;
  scratch[4] = flags;
  scratch[5] = stream >>> 24;
  scratch[6] = stream >>> 16;
  scratch[7] = stream >>> 8;
  scratch[8] = stream;
  return scratch.latin1Slice(0, HEADER);
}

/** A 32-bit number, as a byte string. */
export function u32(n: number): string {
  return String.fromCharCode((n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255);
}

export function setting(id: number, value: number): string {
  return `\0${String.fromCharCode(id)}${u32(value)}`;
}
