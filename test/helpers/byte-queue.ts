/** The other side did something HTTP/1.1 forbids. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}

/** The stream is over before what was asked for had come. */
export class StreamEnded extends Error {
  override readonly name = 'StreamEnded';
  /** `fin` after an orderly end, `reset` after anything else. */
  readonly how: 'fin' | 'reset';

  constructor(how: 'fin' | 'reset', unread: Buffer) {
    super(
      `stream ended (${how}) with ${unread.length} bytes unread: ${JSON.stringify(unread.toString('latin1', 0, 200))}`,
    );
    this.how = how;
  }
}

/** A stream of bytes turned round: whoever wants bytes asks and waits. One reader at a time. */
export class ByteQueue {
  #held: Buffer = Buffer.alloc(0);
  #end: 'fin' | 'reset' | undefined;
  #wake: (() => void) | undefined;
  #taken: Buffer[] = [];

  push(bytes: Buffer): void {
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    this.#wake?.();
  }

  end(how: 'fin' | 'reset'): void {
    this.#end ??= how;
    this.#wake?.();
  }

  /** What has come and was not asked for yet. */
  get unread(): Buffer {
    return this.#held;
  }

  /** Everything that has come since `taken` was last called, given out or not. */
  get heard(): Buffer {
    return Buffer.concat([...this.#taken, this.#held]);
  }

  /** Everything given out since this was last called, byte for byte. */
  taken(): Buffer {
    const taken = Buffer.concat(this.#taken);
    this.#taken = [];
    return taken;
  }

  /** Up to and including CRLF, given without it. A bare CR or LF is malformed. */
  async line(limitBytes = 65_536): Promise<string> {
    for (;;) {
      const at = this.#held.indexOf('\n');
      if (at >= 0) {
        const line = this.#give(at + 1).toString('latin1');
        if (!line.endsWith('\r\n') || line.slice(0, -2).includes('\r'))
          throw new Malformed(`line ${JSON.stringify(line)}`);
        return line.slice(0, -2);
      }
      if (this.#held.length > limitBytes) throw new Malformed(`no end of line in ${limitBytes} bytes`);
      await this.#more();
    }
  }

  async take(count: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let left = count; left > 0; ) {
      if (this.#held.length === 0) await this.#more();
      const part = this.#give(Math.min(left, this.#held.length));
      parts.push(part);
      left -= part.length;
    }
    return Buffer.concat(parts);
  }

  /** All that comes until an orderly end. */
  async rest(): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (;;) {
      parts.push(this.#give(this.#held.length));
      if (this.#end === 'fin') return Buffer.concat(parts);
      await this.#more();
    }
  }

  /** Whether another byte comes (false: the stream ended in order). */
  async hasMore(): Promise<boolean> {
    while (this.#held.length === 0) {
      if (this.#end === 'fin') return false;
      await this.#more();
    }
    return true;
  }

  #give(count: number): Buffer {
    const bytes = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(count);
    if (count > 0) this.#taken.push(bytes);
    return bytes;
  }

  #more(): Promise<void> {
    if (this.#end !== undefined) throw new StreamEnded(this.#end, this.#held);
    if (this.#wake !== undefined) throw new Error('two readers of one queue');
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
