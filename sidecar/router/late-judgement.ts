// Hot where it is used: on h2 routers whose classifier can only tell by the trailers.
import type { Counter } from '../../core/telemetry/metrics.ts';
import type { Caller } from './caller.ts';
import type { Downstream, Exchange, Holder } from './exchange.ts';
import type { ResponseHead } from './response-head.ts';
import type { Frame, Service } from './service.ts';
import type { Timeout, Timeouts } from './timeouts.ts';

export interface LateStats {
  readonly requestTooLong: Counter;
  readonly responseTooLong: Counter;
  readonly timeout: Counter;
}

export interface LateParts {
  /** How long an answer is held back at most (`classificationTimeoutMs`). */
  readonly timeouts: Timeouts;
  /** How much of it (`retryBufferSize.responseBytes`). */
  readonly bytes: number;
  readonly stats: LateStats;
}

/**
 * Holds the beginning of an answer back until its end says whether the attempt is to be made again (Linkerd §6.5): its
 * head could not be taken back. Not for longer than it is told to, and nothing of an answer that is decided by its head.
 */
export class LateJudgement implements Service, Frame, Holder {
  readonly #parts: LateParts;
  readonly #next: Service;

  constructor(parts: LateParts, next: Service) {
    this.#parts = parts;
    this.#next = next;
  }

  send(x: Exchange): void {
    x.holder = this;
    x.enter(this);
    this.#next.send(x);
  }

  hold(x: Exchange): boolean {
    if (x.outcome !== 'success' || x.response?.ends === true || x.switched) return false;
    if (!x.replayable) {
      this.#parts.stats.requestTooLong.add();
      return false;
    }
    x.attemptTimer?.close(); // it is over with the head
    x.downstream = new HeldAnswer(x, this.#parts);
    return true;
  }

  head(): boolean {
    return true;
  }

  end(x: Exchange): boolean {
    x.holder = undefined;
    if (x.downstream instanceof HeldAnswer) x.downstream.drop();
    return true;
  }
}

/** Stands for the caller while an answer is held back. */
class HeldAnswer implements Downstream {
  readonly #x: Exchange;
  readonly #caller: Downstream;
  readonly #parts: LateParts;
  readonly #timeout: Timeout;
  #begun: { readonly length: number; readonly body: Buffer | undefined } | undefined;
  #held: Buffer[] = [];
  #bytes = 0;

  constructor(x: Exchange, parts: LateParts) {
    this.#x = x;
    this.#caller = x.downstream;
    this.#parts = parts;
    this.#timeout = parts.timeouts.set(x.clock.now(), () => {
      parts.stats.timeout.add();
      this.#release();
    });
  }

  get caller(): Caller {
    return this.#caller.caller;
  }

  respond(_: Exchange, length: number, body: Buffer | undefined): void {
    this.#begun = { length, body };
  }

  inform(head: ResponseHead): void {
    this.#caller.inform(head);
  }

  flow(x: Exchange): void {
    this.#caller.flow(x);
  }

  pause(): void {
    this.#caller.pause();
  }

  resume(): void {
    this.#caller.resume();
  }

  write(bytes: Buffer, from: number, to: number): void {
    this.#bytes += to - from;
    if (this.#bytes <= this.#parts.bytes) {
      this.#held.push(Buffer.from(bytes.subarray(from, to)));
      return;
    }
    this.#parts.stats.responseTooLong.add();
    if (this.#release()) this.#caller.write(bytes, from, to);
  }

  /** The whole of it is here, and judged. */
  finish(trailers: string): void {
    if (this.#release())
      this.#caller.finish(this.#x.conclude === undefined ? trailers : trailers + this.#x.conclude(this.#x));
  }

  /** The caller will not see it. */
  drop(): void {
    this.#timeout.close();
    this.#x.downstream = this.#caller;
    this.#held = [];
  }

  /** Passes on what there is; false where the attempt is to be made again instead. */
  #release(): boolean {
    const held = this.#held;
    const begun = this.#begun;
    this.drop();
    if (begun === undefined || !this.#x.pass()) return false;
    this.#caller.respond(this.#x, begun.length, begun.body);
    for (const bytes of held) this.#caller.write(bytes, 0, bytes.length);
    return true;
  }
}
