// Hot.
import type { Exchange } from '../../router/exchange.ts';

/** Bytes of a streamed body that are kept until its request is answered: Linkerd's `retryBufferSize`. */
export const KEEP = 16_384;

/**
 * The body of a request between its stream and whoever takes it. What nobody takes yet is held. Of what has been taken
 * the beginning is kept, up to `x.keepBytes`, so that another attempt can have it again.
 */
export class RequestBody {
  /** Whoever takes it is ready. */
  flowing = false;
  readonly #x: Exchange;
  #parts: Buffer[] = [];
  #bytes = 0;
  #end: string | undefined;

  constructor(x: Exchange) {
    this.#x = x;
  }

  /** Bytes have come, the caller's again afterwards; false where they are held. */
  write(bytes: Buffer, from: number, to: number): boolean {
    const { upstream, keepBytes } = this.#x;
    if (!this.flowing || upstream === undefined) {
      this.#keep(bytes, from, to);
      return false;
    }
    if (keepBytes > 0) {
      if (this.#bytes + to - from <= keepBytes) this.#keep(bytes, from, to);
      else this.settle();
    }
    upstream.write(bytes, from, to);
    return true;
  }

  /** It is complete. */
  finish(trailers: string): void {
    this.#end = trailers;
    if (this.flowing) this.#x.upstream?.finish(trailers);
  }

  /** Passes on all there is, to the upstream of the present attempt. */
  flow(): void {
    const { upstream, keepBytes } = this.#x;
    const parts = this.#parts;
    this.flowing = true;
    if (this.#bytes > keepBytes) this.settle();
    for (const bytes of parts) upstream?.write(bytes, 0, bytes.length);
    if (this.#end !== undefined) upstream?.finish(this.#end);
  }

  /** There will be no other attempt. */
  settle(): void {
    this.#x.keepBytes = 0;
    if (this.flowing) this.#take();
  }

  /** All of it, in one piece, which is the caller's. */
  whole(): Buffer {
    return Buffer.concat(this.#take());
  }

  #keep(bytes: Buffer, from: number, to: number): void {
    this.#parts.push(Buffer.from(bytes.subarray(from, to)));
    this.#bytes += to - from;
  }

  #take(): readonly Buffer[] {
    const parts = this.#parts;
    this.#parts = [];
    this.#bytes = 0;
    return parts;
  }
}
