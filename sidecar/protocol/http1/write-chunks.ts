// Hot for chunked bodies.
import type { Wire } from '../wire.ts';

type Out = Pick<Wire, 'text' | 'write'>;

/** One chunk (RFC 9112 §7.1); none where there are no bytes, as an empty chunk would end the body. */
export function writeChunk(wire: Out, bytes: Buffer, from: number, to: number): void {
  if (to === from) return;
  wire.text(`${(to - from).toString(16)}\r\n`);
  wire.write(bytes, from, to);
  wire.text('\r\n');
}

/** The end of a chunked body; `trailers` is a block of lines. */
export function writeLastChunk(wire: Out, trailers: string): void {
  wire.text(trailers === '' ? '0\r\n\r\n' : `0\r\n${trailers}\r\n`);
}
