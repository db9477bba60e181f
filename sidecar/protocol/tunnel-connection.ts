import type { Caller } from '../router/caller.ts';
import { MeshError } from '../router/errors.ts';
import { type Downstream, Exchange } from '../router/exchange.ts';
import type { RequestHead } from '../router/request-head.ts';
import type { Frame } from '../router/service.ts';
import type { Connection } from './accepting.ts';
import type { ListenParts } from './codec.ts';
import { IdleLimit, TUNNEL_IDLE_MS } from './idle.ts';
import { KEEP_ALIVE_MS } from './tunnel.ts';
import type { Wire } from './wire.ts';

/** Bytes held back while the tunnel is made; more than that stops the socket. */
const HOLD = 65536;

/**
 * A caller's connection that carries nothing but bytes: one exchange, sent off before the caller has said anything,
 * since the origin may be the one to speak first.
 *
 * A FIN is passed on as a FIN and the other direction goes on. Where there is no tunnel, or it breaks, the caller gets a
 * reset, never an end that it could take for the origin's.
 */
export class TunnelConnection implements Connection, Downstream, Frame {
  readonly caller: Caller;
  /** A tunnel is under way from the beginning to the end. */
  readonly idle = false;
  readonly begun = 1;
  readonly #parts: ListenParts;
  readonly #forget: (connection: TunnelConnection) => void;
  readonly #x: Exchange;
  readonly #limit: IdleLimit;
  #wire!: Wire;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #flowing = false;
  #paused = false;
  #callerDone = false;
  #originDone = false;
  /** The exchange is over. */
  #over = false;
  #gone = false;

  /** `head`: CONNECT, for the authority that was asked for, '' where the router knows the name. */
  constructor(parts: ListenParts, caller: Caller, head: RequestHead, forget: (connection: TunnelConnection) => void) {
    this.caller = caller;
    this.#parts = parts;
    this.#forget = forget;
    this.#x = new Exchange(head, this, -1, parts.clock);
    const { clock, idleMs = TUNNEL_IDLE_MS } = parts;
    this.#limit = new IdleLimit(idleMs, clock, () => this.#abandon(`nothing carried for ${idleMs} ms`));
  }

  attach(wire: Wire): void {
    this.#wire = wire;
    wire.halves();
    wire.socket.setKeepAlive(true, KEEP_ALIVE_MS);
    this.#x.enter(this);
    this.#parts.service.send(this.#x);
  }

  /** Bytes cannot be told that the end is near: the tunnel goes on until its ends close it, or the grace period is over. */
  drain(): void {}

  data(bytes: Buffer, from: number, to: number): void {
    if (this.#over) return;
    if (this.#flowing) {
      this.#pass(bytes, from, to);
      return;
    }
    this.#held.push(Buffer.from(bytes.subarray(from, to)));
    this.#heldBytes += to - from;
    if (this.#heldBytes >= HOLD) this.#wire.pause();
  }

  peerEnded(): void {
    this.#callerDone = true;
    if (this.#flowing) this.#x.upstream?.finish('');
  }

  full(): void {
    this.#x.upstream?.pause();
  }

  drained(): void {
    this.#limit.touch();
    this.#x.upstream?.resume();
  }

  closed(error: Error | undefined): void {
    this.#gone = true;
    this.#limit.close();
    this.#forget(this);
    // Where both have ended, the last bytes for the origin may still be on their way.
    if (error !== undefined || !this.#callerDone || !this.#originDone)
      this.#abandon('the caller closed the connection');
  }

  // Source of what goes to the origin.

  flow(x: Exchange): void {
    this.#flowing = true;
    const held = this.#held;
    this.#held = [];
    for (const bytes of held) this.#pass(bytes, 0, bytes.length);
    if (this.#callerDone) x.upstream?.finish('');
    else if (!this.#paused) this.#wire.resume();
  }

  pause(): void {
    this.#paused = true;
    this.#wire.pause();
  }

  resume(): void {
    this.#paused = false;
    if (this.#flowing) this.#wire.resume();
  }

  // Sink of what comes from it.

  respond(): void {}

  inform(): void {}

  write(bytes: Buffer, from: number, to: number): void {
    if (!this.#x.switched) return; // the text of a refusal
    this.#x.carriedDown += to - from;
    this.#limit.touch();
    this.#wire.write(bytes, from, to);
  }

  finish(): void {
    if (!this.#x.switched) return;
    this.#originDone = true;
    this.#wire.finish();
  }

  // The outermost frame.

  head(): boolean {
    return true;
  }

  end(x: Exchange): boolean {
    this.#over = true;
    if (this.#gone) return true;
    if (x.switched && x.error === undefined) this.#wire.end();
    else this.#wire.break();
    return true;
  }

  #pass(bytes: Buffer, from: number, to: number): void {
    this.#x.carriedUp += to - from;
    this.#limit.touch();
    this.#x.upstream?.write(bytes, from, to);
  }

  #abandon(why: string): void {
    if (this.#over) return;
    this.#x.over = true;
    this.#x.abort(new MeshError('abandoned', why));
  }
}
