import { constants, crc32, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { Coding } from './compression.ts';

/** How far back deflate refers. */
const WINDOW = 32_768;
/** A last block without a byte: a body's end (RFC 1951 §3.2.6). */
const LAST = Buffer.from([0x03, 0x00]);
const GZIP = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
const ZLIB = Buffer.from([0x78, 0x9c]);

/** A whole body, compressed. */
export function compressed(coding: Coding, level: number, body: Buffer): Buffer {
  return coding === 'gzip' ? gzipSync(body, { level }) : deflateSync(body, { level });
}

/**
 * Compresses a body as it comes. Each piece becomes blocks of their own that end on a byte boundary and may refer to the
 * pieces before (RFC 1951), so that what an origin sends can be read at once, and nothing is held but the last 32 KB:
 * back-pressure is as without it. The wrapping is that of gzip (RFC 1952) or zlib (RFC 1950).
 */
export class Compressor {
  readonly #coding: Coding;
  readonly #level: number;
  #window = Buffer.alloc(0);
  #check: number;
  #length = 0;
  #begun = false;

  constructor(coding: Coding, level: number) {
    this.#coding = coding;
    this.#level = level;
    this.#check = coding === 'gzip' ? 0 : 1;
  }

  /** The bytes for bytes[from, to). */
  write(bytes: Buffer, from: number, to: number): Buffer {
    const piece = bytes.subarray(from, to);
    this.#length += piece.length;
    this.#check = this.#coding === 'gzip' ? crc32(piece, this.#check) : adler32(piece, this.#check);
    const dictionary = this.#window.length === 0 ? {} : { dictionary: this.#window };
    const blocks = deflateRawSync(piece, {
      level: this.#level,
      flush: constants.Z_SYNC_FLUSH,
      finishFlush: constants.Z_SYNC_FLUSH,
      ...dictionary,
    });
    this.#window = Buffer.concat([this.#window, piece]).subarray(-WINDOW);
    return this.#begun ? blocks : Buffer.concat([this.#start(), blocks]);
  }

  /** The bytes that end the body. */
  finish(): Buffer {
    const end = this.#coding === 'gzip' ? Buffer.alloc(8) : Buffer.alloc(4);
    if (this.#coding === 'gzip') {
      end.writeUInt32LE(this.#check >>> 0, 0);
      end.writeUInt32LE(this.#length % 2 ** 32, 4);
    } else end.writeUInt32BE(this.#check >>> 0, 0);
    return Buffer.concat(this.#begun ? [LAST, end] : [this.#start(), LAST, end]);
  }

  #start(): Buffer {
    this.#begun = true;
    return this.#coding === 'gzip' ? GZIP : ZLIB;
  }
}

const MODULUS = 65_521;
/** So many bytes can be summed before 32 bits run over (RFC 1950 §9). */
const RUN = 3800;

function adler32(bytes: Buffer, before: number): number {
  let a = before & 0xffff;
  let b = before >>> 16;
  for (let from = 0; from < bytes.length; from += RUN) {
    const to = Math.min(bytes.length, from + RUN);
    for (let i = from; i < to; i++) {
      a += bytes[i] as number;
      b += a;
    }
    a %= MODULUS;
    b %= MODULUS;
  }
  return ((b << 16) | a) >>> 0;
}
