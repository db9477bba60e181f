import * as http from 'node:http';
import * as https from 'node:https';
import type { Clock } from '../clock.ts';
import { type Closable, nothingToClose } from '../closable.ts';
import type { Metrics } from './metrics.ts';

export interface SpanSenderOptions {
  readonly url: URL;
  readonly clock: Clock;
  /** Counts `spans/sent`, `spans/dropped` and `failures` there. */
  readonly metrics: Metrics;
  readonly failed: (problem: string) => void;
}

/** Spans that wait, at most; what comes beyond is dropped. */
const HELD = 2000;
const BATCH = 200;
/** Milliseconds between two batches, and for an answer to one. */
const EVERY_MS = 500;
const ANSWER_MS = 5000;

/**
 * Posts JSON spans to a collector, in batches, one at a time. What the collector does not take, or not fast enough, is
 * dropped and counted: nobody waits for it.
 */
export class SpanSender implements Closable {
  readonly #options: SpanSenderOptions;
  readonly #agent: http.Agent | https.Agent;
  #held: object[] = [];
  #timer: Closable = nothingToClose;
  #waiting = false;
  #sending = false;

  constructor(options: SpanSenderOptions) {
    this.#options = options;
    const agent = { keepAlive: true, maxSockets: 1 };
    this.#agent = options.url.protocol === 'https:' ? new https.Agent(agent) : new http.Agent(agent);
    const { metrics } = options;
    for (const name of ['sent', 'dropped']) metrics.counter('spans', name);
    metrics.counter('failures');
  }

  add(span: object): void {
    if (this.#held.length >= HELD) {
      this.#options.metrics.counter('spans', 'dropped').add();
      return;
    }
    this.#held.push(span);
    if (this.#sending) return;
    if (this.#held.length >= BATCH) this.#send();
    else if (!this.#waiting) {
      this.#waiting = true;
      this.#timer = this.#options.clock.after(EVERY_MS, () => this.#send());
    }
  }

  /** Sends what is held, once more. */
  close(): void {
    if (!this.#sending) this.#send();
  }

  #send(): void {
    this.#timer.close();
    this.#waiting = false;
    const batch = this.#held.splice(0, BATCH);
    if (batch.length === 0) return;
    this.#sending = true;
    const { url, metrics } = this.#options;
    const body = JSON.stringify(batch);
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method: 'POST',
      agent: this.#agent,
      timeout: ANSWER_MS,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    });
    let over = false;
    const done = (problem: string | undefined): void => {
      if (over) return;
      over = true;
      metrics.counter('spans', problem === undefined ? 'sent' : 'dropped').add(batch.length);
      if (problem !== undefined) {
        metrics.counter('failures').add();
        this.#options.failed(problem);
      }
      this.#sending = false;
      if (this.#held.length > 0) this.#send();
    };
    request.on('response', (response) => {
      response.resume();
      const { statusCode = 0 } = response;
      response.on('close', () => done(statusCode >= 200 && statusCode < 300 ? undefined : `answered ${statusCode}`));
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${ANSWER_MS} ms`)));
    request.on('error', ({ message }) => done(message));
    request.on('socket', (socket) => socket.unref());
    request.end(body);
  }
}
