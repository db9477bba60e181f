import type { Closable } from '../../core/closable.ts';
import { MeshError } from '../router/errors.ts';
import type { Exchange, Upstream, Waiting } from '../router/exchange.ts';
import { ResponseHead } from '../router/response-head.ts';
import type { ConnectParts } from './codec.ts';
import { Connecting } from './connecting.ts';
import { IdleLimit, TUNNEL_IDLE_MS } from './idle.ts';
import type { Wire, WireHandler } from './wire.ts';

/** Milliseconds of silence after which TCP asks whether the peer is still there. */
export const KEEP_ALIVE_MS = 60_000;

/** Connects to an endpoint for one exchange, and carries nothing but bytes. */
export function tunnel(parts: ConnectParts, x: Exchange): void {
  x.waiting = new Connecting(parts, {
    ready: (wire, counted) => new Tunnel(wire, counted, x, parts).start(),
    failed: (why) => x.fail(new MeshError('connect', why)),
  });
}

/**
 * The origin's end of a tunnel. Each side ends by itself: a FIN is passed on as a FIN and the other direction goes on.
 * What ends in any other way (a reset, nothing carried for too long) ends as a failure, which the caller can tell from a
 * FIN.
 */
class Tunnel implements WireHandler, Upstream, Waiting {
  readonly #wire: Wire;
  readonly #x: Exchange;
  readonly #counted: Closable;
  readonly #idle: IdleLimit;
  #up = 0;
  #down = 0;
  #why: string | undefined;
  #originDone = false;
  #over = false;

  constructor(wire: Wire, counted: Closable, x: Exchange, { clock, idleMs = TUNNEL_IDLE_MS }: ConnectParts) {
    this.#wire = wire;
    this.#counted = counted;
    this.#x = x;
    this.#idle = new IdleLimit(idleMs, clock, () => {
      this.#why = `nothing carried for ${idleMs} ms`;
      wire.break();
    });
    wire.handler = this;
    wire.halves();
    wire.socket.setKeepAlive(true, KEEP_ALIVE_MS);
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

  /** The caller is gone: the origin must not take that for the end of what it was told. */
  cancel(): void {
    this.#end();
    this.#wire.break();
  }

  write(bytes: Buffer, from: number, to: number): void {
    this.#up += to - from;
    this.#idle.touch();
    this.#wire.write(bytes, from, to);
  }

  finish(): void {
    this.#wire.finish();
  }

  pause(): void {
    this.#wire.pause();
  }

  resume(): void {
    this.#wire.resume();
  }

  data(bytes: Buffer, from: number, to: number): void {
    if (this.#over) return;
    this.#down += to - from;
    this.#idle.touch();
    this.#x.downstream.write(bytes, from, to);
  }

  full(): void {
    this.#x.downstream.pause();
  }

  drained(): void {
    this.#idle.touch();
    this.#x.downstream.resume();
  }

  peerEnded(): void {
    if (this.#over) return;
    this.#originDone = true;
    this.#x.downstream.finish('');
  }

  closed(error: Error | undefined): void {
    this.#idle.close();
    this.#counted.close();
    if (this.#over) return;
    this.#end();
    const why = this.#why ?? error?.message;
    if (why === undefined && this.#originDone) this.#x.end();
    else this.#x.fail(new MeshError('reset', why ?? 'connection closed'));
  }

  #end(): void {
    this.#over = true;
    this.#x.carriedUp = this.#up;
    this.#x.carriedDown = this.#down;
  }
}
