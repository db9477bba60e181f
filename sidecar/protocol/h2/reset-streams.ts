/** So many are remembered. */
const MOST = 1024;

/**
 * Streams that this side has reset. What the peer sent before it knew is no offence (RFC 9113 §5.1): header blocks, and
 * as much DATA as it had been allowed.
 */
export class ResetStreams {
  /** Bytes of DATA that may still come, by stream. The oldest are forgotten first. */
  readonly #left = new Map<number, number>();

  add(stream: number, bytes: number): void {
    if (this.#left.size >= MOST) this.#left.delete(this.#left.keys().next().value as number);
    this.#left.set(stream, bytes);
  }

  /** Whether a frame with so many bytes that count for flow control may have been on its way; `ends`: no other will be. */
  forgives(stream: number, bytes: number, ends: boolean): boolean {
    const left = this.#left.get(stream);
    if (left === undefined) return false;
    if (ends || bytes > left) this.#left.delete(stream);
    else this.#left.set(stream, left - bytes);
    return bytes <= left;
  }
}
