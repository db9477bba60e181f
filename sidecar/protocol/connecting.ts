import type { TLSSocket } from 'node:tls';
import type { Closable } from '../../core/closable.ts';
import type { ConnectionCounts } from '../router/transport.ts';
import type { ConnectParts } from './codec.ts';
import { connect, type Wire, type WireHandler } from './wire.ts';

/** Who waits for a connection. One of the two is called, once, and never before the constructor has returned. */
export interface Arrival {
  /**
   * Connected, and over TLS the peer is who it should be. The wire is the taker's, who sets its handler, and closes
   * `counted` when the wire is closed.
   */
  ready(wire: Wire, counted: Closable): void;
  failed(why: string): void;
}

/** A connection on its way, for `connectMs` at the longest. */
export class Connecting implements WireHandler {
  readonly #arrival: Arrival;
  readonly #wire: Wire;
  readonly #timer: Closable;
  #why: string | undefined;
  #over = false;

  constructor(
    parts: Pick<ConnectParts, 'address' | 'security' | 'connectMs' | 'clock' | 'counts' | 'socket'>,
    arrival: Arrival,
  ) {
    const { address, security, connectMs, clock, counts, socket: settings } = parts;
    this.#arrival = arrival;
    this.#timer = clock.after(connectMs, () => this.giveUp(`connection timed out after ${connectMs} ms`));
    this.#wire = connect(
      { host: address.host, port: address.port, tls: security && (() => security.connectOptions()), settings },
      this,
      counts,
      (socket) => {
        const refused = security?.verdict(socket as TLSSocket);
        if (settings?.stillMs !== undefined) socket.setTimeout(settings.stillMs, () => this.#wire.destroy());
        if (refused !== undefined) this.giveUp(refused);
        else if (this.#end()) arrival.ready(this.#wire, countOpen(counts, security !== undefined));
      },
    );
  }

  giveUp(why: string): void {
    this.#why ??= why;
    this.#wire.destroy();
  }

  /** Nobody waits for it any more, or will hear of it. */
  cancel(): void {
    if (this.#end()) this.#wire.destroy();
  }

  data(): void {
    this.giveUp('the peer spoke first');
  }

  full(): void {}

  drained(): void {}

  closed(error: Error | undefined): void {
    if (this.#end()) this.#arrival.failed(this.#why ?? error?.message ?? 'connection closed');
  }

  /** True the first time. */
  #end(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#timer.close();
    return true;
  }
}

/** Counts a connection as open until it is closed. */
function countOpen(counts: ConnectionCounts, encrypted: boolean): Closable {
  let open = true;
  counts.connects.add();
  counts.open += 1;
  if (encrypted) counts.encrypted += 1;
  return {
    close() {
      if (!open) return;
      open = false;
      counts.closes.add();
      counts.open -= 1;
      if (encrypted) counts.encrypted -= 1;
    },
  };
}
