import type { TLSSocket } from 'node:tls';
import type { Closable } from '../../core/closable.ts';
import { MeshError } from '../router/errors.ts';
import type { Exchange, Upstream, Waiting } from '../router/exchange.ts';
import { ResponseHead } from '../router/response-head.ts';
import type { ConnectParts } from './codec.ts';
import { connect, type Wire, type WireHandler } from './wire.ts';

/** One connection to an endpoint that carries nothing but bytes, for one exchange. */
export class Tunnel implements WireHandler, Upstream, Waiting {
  readonly #parts: ConnectParts;
  readonly #x: Exchange;
  readonly #wire: Wire;
  readonly #timer: Closable;
  #connected = false;
  #why: string | undefined;
  #over = false;

  constructor(parts: ConnectParts, x: Exchange) {
    this.#parts = parts;
    this.#x = x;
    x.waiting = this;
    const { address, security, clock, connectMs, counts } = parts;
    this.#timer = clock.after(connectMs, () => this.#giveUp(`connection timed out after ${connectMs} ms`));
    this.#wire = connect(
      { host: address.host, port: address.port, tls: security && (() => security.connectOptions()) },
      this,
      counts,
      (socket) => {
        const refused = security?.verdict(socket as TLSSocket);
        if (refused === undefined) this.#ready();
        else this.#giveUp(refused);
      },
    );
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
    if (this.#connected) this.#x.downstream.write(bytes, from, to);
  }

  full(): void {
    this.#x.downstream.pause();
  }

  drained(): void {
    this.#x.downstream.resume();
  }

  closed(error: Error | undefined): void {
    this.#timer.close();
    const x = this.#x;
    const { counts, security } = this.#parts;
    counts.closes.add();
    if (this.#connected) {
      counts.open -= 1;
      if (security !== undefined) counts.encrypted -= 1;
    }
    if (this.#over) return;
    this.#over = true;
    if (!this.#connected) x.fail(new MeshError('connect', this.#why ?? error?.message ?? 'connection closed'));
    else {
      x.downstream.finish('');
      x.end();
    }
  }

  #ready(): void {
    if (this.#over) return;
    this.#timer.close();
    this.#connected = true;
    const { counts, security } = this.#parts;
    counts.connects.add();
    counts.open += 1;
    if (security !== undefined) counts.encrypted += 1;
    const x = this.#x;
    x.upstream = this;
    x.switched = true;
    const head = new ResponseHead();
    head.status = 200;
    if (!x.head(head)) return;
    x.downstream.respond(x, -1, undefined);
    x.downstream.flow(x);
  }

  #giveUp(why: string): void {
    this.#why ??= why;
    this.#wire.destroy();
  }
}
