import '../buffer.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Closable } from '../../../core/closable.ts';
import { turn } from '../wire.ts';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** A method that HTTP/1 may begin with: the longest that is registered has 17 letters. */
const REQUEST = /^[A-Z]{1,24} (?:\/|https?:\/\/|\*)/;
/** What may become one. */
const BEGUN = /^[A-Z]{1,24}(?: (?:h(?:t(?:t(?:p(?:s(?::\/?)?|:\/?)?)?)?)?)?)?$/;

/**
 * What a caller speaks through a granted CONNECT, by its first bytes: HTTP/2 by its preface, HTTP/1 by a method and a
 * target, anything else (TLS, a database) is a tunnel. `more` while they do not tell yet.
 */
export function sniff(bytes: Buffer): 'h2' | 'http1' | 'tunnel' | 'more' {
  const text = bytes.latin1Slice(0, Math.min(bytes.length, 64));
  if (PREFACE.startsWith(text.slice(0, PREFACE.length))) return text.length >= PREFACE.length ? 'h2' : 'more';
  if (REQUEST.test(text)) return 'http1';
  return BEGUN.test(text) ? 'more' : 'tunnel';
}

/** Milliseconds a caller has after CONNECT to speak first; then the other side is taken to. */
const SNIFF_MS = 250;

/** Listens for the first bytes through a granted CONNECT, and says once what they are. */
export class Sniffer {
  readonly #decided: (what: 'h2' | 'http1' | 'tunnel', first: Buffer) => void;
  readonly #timer: Closable;
  #heard: Buffer = Buffer.alloc(0);

  constructor(clock: Clock, decided: (what: 'h2' | 'http1' | 'tunnel', first: Buffer) => void) {
    this.#decided = decided;
    this.#timer = clock.after(SNIFF_MS, () => turn(() => decided('tunnel', this.#heard)));
  }

  hear(bytes: Buffer, from: number, to: number): void {
    this.#heard = Buffer.concat([this.#heard, bytes.subarray(from, to)]);
    const found = sniff(this.#heard);
    if (found === 'more') return;
    this.close();
    this.#decided(found, this.#heard);
  }

  close(): void {
    this.#timer.close();
  }
}
