/** Which bytes may stand unescaped in a path element: `[0-9A-Za-z_:.#$%-]` (Finagle's `Path.isShowable`). */
const showable = new Uint8Array(256);
for (const c of '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_:.#$%-') showable[c.charCodeAt(0)] = 1;

const hex: readonly string[] = Array.from({ length: 256 }, (_, byte) => `\\x${byte.toString(16).padStart(2, '0')}`);

/** Whether this UTF-16 unit is a label character. */
export function isLabelCode(code: number): boolean {
  return code < 256 && showable[code] === 1;
}

/**
 * The canonical text of one path element given as a byte string: itself if every byte is a label character, else every
 * byte as `\xHH`. Identifiers call it once a request, so it costs one table look-up a byte.
 */
export function showElement(bytes: string): string {
  for (let i = 0; i < bytes.length; i++) {
    const code = bytes.charCodeAt(i);
    if (code > 255 || showable[code] !== 1) return escaped(bytes);
  }
  return bytes;
}

function escaped(bytes: string): string {
  let out = '';
  for (let i = 0; i < bytes.length; i++) out += hex[bytes.charCodeAt(i) & 255];
  return out;
}

/** UTF-8 text as a byte string: one character, 0 to 255, a byte. */
export function toBytes(text: string): string {
  let ascii = true;
  for (let i = 0; i < text.length && ascii; i++) ascii = text.charCodeAt(i) < 128;
  return ascii ? text : Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
}

/** A byte string read as UTF-8; what is not UTF-8 becomes U+FFFD. */
export function toText(bytes: string): string {
  let ascii = true;
  for (let i = 0; i < bytes.length && ascii; i++) ascii = bytes.charCodeAt(i) < 128;
  return ascii ? bytes : new TextDecoder().decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0)));
}
