/**
 * Two methods every Buffer has and the type declarations leave out; half as dear as `toString('latin1')` and `write`,
 * which check their encoding each time.
 */
declare global {
  interface Buffer<TArrayBuffer extends ArrayBufferLike = ArrayBufferLike> extends Uint8Array<TArrayBuffer> {
    latin1Slice(from: number, to: number): string;
    latin1Write(text: string, at: number): number;
  }
}

export {};
