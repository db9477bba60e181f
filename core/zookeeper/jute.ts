/** Writes the types of ZooKeeper's wire: big-endian numbers, strings and buffers with their length before them. */
export class JuteWriter {
  readonly #parts: Buffer[] = [];

  int(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(value);
    this.#parts.push(bytes);
    return this;
  }

  long(value: bigint): this {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(value);
    this.#parts.push(bytes);
    return this;
  }

  bool(value: boolean): this {
    this.#parts.push(Buffer.of(value ? 1 : 0));
    return this;
  }

  buffer(value: Uint8Array): this {
    this.int(value.length);
    this.#parts.push(Buffer.from(value));
    return this;
  }

  string(value: string): this {
    return this.buffer(Buffer.from(value, 'utf8'));
  }

  /** What was written, with the length of it all before. */
  frame(): Buffer {
    const body = Buffer.concat(this.#parts);
    const length = Buffer.alloc(4);
    length.writeInt32BE(body.length);
    return Buffer.concat([length, body]);
  }
}

/** Reads what a JuteWriter wrote. Throws a RangeError where there is less than is read. */
export class JuteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int(): number {
    this.#at += 4;
    return this.#bytes.readInt32BE(this.#at - 4);
  }

  long(): bigint {
    this.#at += 8;
    return this.#bytes.readBigInt64BE(this.#at - 8);
  }

  bool(): boolean {
    this.#at += 1;
    return this.#bytes.readInt8(this.#at - 1) !== 0;
  }

  /** A copy. A length below zero means there is none. */
  buffer(): Buffer {
    const length = Math.max(0, this.int());
    if (length > this.#bytes.length - this.#at) throw new RangeError('a buffer longer than its frame');
    this.#at += length;
    return Buffer.from(this.#bytes.subarray(this.#at - length, this.#at));
  }

  string(): string {
    return this.buffer().toString('utf8');
  }

  strings(): readonly string[] {
    const count = this.int();
    const all: string[] = [];
    for (let i = 0; i < count; i++) all.push(this.string()); // ends by itself where the frame does
    return all;
  }
}

/** Cuts a stream into frames; throws a RangeError on one that is longer than `limit` bytes. */
export class Frames {
  readonly #limit: number;
  #rest: Buffer = Buffer.alloc(0);

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(data: Buffer): readonly Buffer[] {
    this.#rest = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data]);
    const frames: Buffer[] = [];
    while (this.#rest.length >= 4) {
      const length = this.#rest.readInt32BE(0);
      if (length < 0 || length > this.#limit) throw new RangeError(`a frame of ${length} bytes`);
      if (this.#rest.length < 4 + length) break;
      frames.push(this.#rest.subarray(4, 4 + length));
      this.#rest = this.#rest.subarray(4 + length);
    }
    return frames;
  }
}
