import { type Clock, ManualClock } from '#core/clock.ts';
import type { Caller as Connected } from '#sidecar/router/caller.ts';
import type { FailureKind } from '#sidecar/router/errors.ts';
import { type Downstream, Exchange } from '#sidecar/router/exchange.ts';
import { RequestHead } from '#sidecar/router/request-head.ts';
import { ResponseHead } from '#sidecar/router/response-head.ts';
import type { Frame, Service } from '#sidecar/router/service.ts';

/** The side of an exchange that sent the request, and its outermost frame: keeps everything it is given. */
export class Caller implements Downstream, Frame {
  caller: Connected = {
    end: { ip: '127.0.0.1', port: 4711 },
    local: { ip: '127.0.0.1', port: 4140 },
    encrypted: false,
    certificate: '',
  };
  /** Failure or status, each time the exchange came back; a service gives it back once. */
  readonly ends: (FailureKind | number)[] = [];
  /** Status and length of every response head passed on. */
  readonly responses: { readonly status: number; readonly length: number }[] = [];
  readonly informed: number[] = [];
  body = '';
  /** Trailers of the finished body; undefined before. */
  finished: string | undefined;
  flows = 0;
  paused = false;

  respond(x: Exchange, length: number, body: Buffer | undefined): void {
    this.responses.push({ status: x.status, length });
    this.body += body?.toString('latin1') ?? '';
  }

  inform(head: ResponseHead): void {
    this.informed.push(head.status);
  }

  flow(): void {
    this.flows += 1;
  }

  write(bytes: Buffer, from: number, to: number): void {
    this.body += bytes.toString('latin1', from, to);
  }

  finish(trailers: string): void {
    this.finished = trailers;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  head(): boolean {
    return true;
  }

  end(x: Exchange): boolean {
    this.ends.push(x.error?.kind ?? x.status);
    return true;
  }
}

export interface CallOptions {
  readonly method?: string;
  readonly uri?: string;
  readonly host?: string;
  /** Header lines, each with its CRLF. */
  readonly lines?: string;
  readonly minor?: 0 | 1;
  /** A whole body, which can be sent again. */
  readonly body?: string;
  /** The length of a body that is streamed; -1 for a chunked one. */
  readonly streamed?: number;
  readonly clock?: Clock;
}

/** A request at the door of a router, as a server makes it. */
export function call(options: CallOptions = {}): { readonly x: Exchange; readonly caller: Caller } {
  const head = new RequestHead();
  head.method = options.method ?? 'GET';
  head.uri = options.uri ?? '/';
  head.host = options.host ?? 'web';
  head.minor = options.minor ?? 1;
  head.lines = `Host: ${head.host}\r\n${options.lines ?? ''}`;
  const caller = new Caller();
  const length = options.streamed ?? options.body?.length ?? 0;
  const x = new Exchange(head, caller, length, options.clock ?? new ManualClock());
  if (options.body !== undefined && options.body !== '') x.body = Buffer.from(options.body, 'latin1');
  x.enter(caller);
  return { x, caller };
}

/** Passes a response without a body through the frames and ends the attempt; true if the caller was given it. */
export function answer(x: Exchange, status = 200, edit: (head: ResponseHead) => void = () => {}): boolean {
  const head = new ResponseHead();
  head.status = status;
  head.length = 0;
  edit(head);
  const passed = x.head(head);
  if (passed) x.downstream.respond(x, 0, undefined);
  x.end();
  return passed;
}

/** A service that keeps what it is sent until the test answers. */
export class Desk implements Service {
  readonly sent: Exchange[] = [];

  send(x: Exchange): void {
    this.sent.push(x);
  }

  get last(): Exchange {
    const last = this.sent.at(-1);
    if (last === undefined) throw new Error('nothing was sent');
    return last;
  }
}

/** A service that answers at once, with one status after the other; the last one for ever. */
export function answering(...statuses: readonly number[]): Service & { readonly sent: readonly Exchange[] } {
  const sent: Exchange[] = [];
  return {
    sent,
    send(x) {
      const status = statuses[Math.min(sent.length, statuses.length - 1)] ?? 200;
      sent.push(x);
      answer(x, status);
    },
  };
}
