/** The tags of X.690 that certificates need here. */
export const Tag = {
  sequence: 0x30,
  utcTime: 0x17,
  generalizedTime: 0x18,
  /** `[0] EXPLICIT Version` of a TBSCertificate. */
  version: 0xa0,
  /** `[3] EXPLICIT Extensions` of a TBSCertificate. */
  extensions: 0xa3,
} as const;

/** One DER element: tag, length, content. */
export function element(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const digits = length.subarray(length.findIndex((byte) => byte !== 0));
  return Buffer.concat([Buffer.from([tag, 0x80 | digits.length]), digits, body]);
}

export function sequence(...content: readonly Uint8Array[]): Buffer {
  return element(Tag.sequence, ...content);
}

/** The elements inside a constructed element, each with its tag and length. Throws where the lengths do not fit. */
export function children(parent: Uint8Array): Buffer[] {
  const bytes = Buffer.from(parent.buffer, parent.byteOffset, parent.length);
  const { start, end } = contentOf(bytes, 0);
  const found: Buffer[] = [];
  for (let at = start; at < end; ) {
    const child = contentOf(bytes, at);
    if (child.end > end) throw new Error('DER: an element is longer than what it is in');
    found.push(bytes.subarray(at, child.end));
    at = child.end;
  }
  return found;
}

function contentOf(bytes: Buffer, at: number): { start: number; end: number } {
  const first = bytes[at + 1];
  if (first === undefined) throw new Error('DER: ends inside an element');
  const digits = first < 0x80 ? 0 : first & 0x7f;
  if (digits > 4 || at + 2 + digits > bytes.length) throw new Error('DER: bad length');
  const length = digits === 0 ? first : bytes.readUIntBE(at + 2, digits);
  const start = at + 2 + digits;
  if (first === 0x80 || start + length > bytes.length) throw new Error('DER: bad length');
  return { start, end: start + length };
}
