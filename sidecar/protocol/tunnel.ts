import type { Closable } from '../../core/closable.ts';
import { MeshError } from '../router/errors.ts';
import type { Exchange, Upstream, Waiting } from '../router/exchange.ts';
import { ResponseHead } from '../router/response-head.ts';
import type { ConnectParts } from './codec.ts';
import { Connecting } from './connecting.ts';
import type { Wire, WireHandler } from './wire.ts';

/** Connects to an endpoint for one exchange, and carries nothing but bytes. */
export function tunnel(parts: ConnectParts, x: Exchange): void {
  x.waiting = new Connecting(parts, {
    ready: (wire, counted) => new Tunnel(wire, counted, x).start(),
    failed: (why) => x.fail(new MeshError('connect', why)),
  });
}

class Tunnel implements WireHandler, Upstream, Waiting {
  readonly #wire: Wire;
  readonly #x: Exchange;
  readonly #counted: Closable;
  #over = false;

  constructor(wire: Wire, counted: Closable, x: Exchange) {
    this.#wire = wire;
    this.#counted = counted;
    this.#x = x;
    wire.handler = this;
  }

  /** Tells the caller, and the origin, that bytes may flow. */
  start(): void {
    const x = this.#x;
    x.waiting = this;
    x.upstream = this;
    x.switched = true;
    const head = new ResponseHead();
    head.status = 200;
    if (!x.head(head)) return;
    x.downstream.respond(x, -1, undefined);
    x.downstream.flow(x);
  }

  cancel(): void {
    this.#over = true;
    this.#wire.destroy();
  }

  write(bytes: Buffer, from: number, to: number): void {
    this.#wire.write(bytes, from, to);
  }

  finish(): void {
    this.#wire.end();
  }

  pause(): void {
    this.#wire.pause();
  }

  resume(): void {
    this.#wire.resume();
  }

  data(bytes: Buffer, from: number, to: number): void {
    this.#x.downstream.write(bytes, from, to);
  }

  full(): void {
    this.#x.downstream.pause();
  }

  drained(): void {
    this.#x.downstream.resume();
  }

  closed(): void {
    this.#counted.close();
    if (this.#over) return;
    this.#over = true;
    this.#x.downstream.finish('');
    this.#x.end();
  }
}
