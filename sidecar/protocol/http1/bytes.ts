/** Byte classes of RFC 9110 and 9112, as tables: one load a byte. */

/** Lower-case form of a token byte (RFC 9110 §5.6.2), 0 where the byte may not stand in a token. */
export const TOKEN = new Uint8Array(256);
/** 1 for HTAB, SP, VCHAR and obs-text: what a field value may hold (RFC 9110 §5.5). */
export const VALUE = new Uint8Array(256);
/** 1 for bytes of a request target: VCHAR, no blanks, no control, nothing above 126. */
export const TARGET = new Uint8Array(256);
/** Value of a hexadecimal digit, 255 for anything else. */
export const HEX = new Uint8Array(256).fill(255);

for (let b = 0; b < 256; b++) {
  const c = String.fromCharCode(b);
  if (/[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(c)) TOKEN[b] = c.toLowerCase().charCodeAt(0);
  if (b === 9 || (b >= 32 && b !== 127)) VALUE[b] = 1;
  if (b > 32 && b < 127) TARGET[b] = 1;
  if (/[0-9a-fA-F]/.test(c)) HEX[b] = Number.parseInt(c, 16);
}

export const CR = 13;
export const LF = 10;
export const SP = 32;
export const HTAB = 9;
export const COLON = 58;
export const SEMICOLON = 59;
