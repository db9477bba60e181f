/** Half an id of 64 bits: a signed 32-bit number. */
type Half = number;

/** 64 bits as 16 lower-case hex digits. */
export function hexId(hi: Half, lo: Half): string {
  return hex8(hi) + hex8(lo);
}

/** Reads up to 16 hex digits, of either case; undefined where they are none. */
export function readHexId(text: string): readonly [hi: Half, lo: Half] | undefined {
  if (!/^[0-9a-fA-F]{1,16}$/.test(text)) return undefined;
  const digits = text.padStart(16, '0');
  return [Number.parseInt(digits.slice(0, 8), 16) | 0, Number.parseInt(digits.slice(8), 16) | 0];
}

function hex8(half: Half): string {
  return (half >>> 0).toString(16).padStart(8, '0');
}
