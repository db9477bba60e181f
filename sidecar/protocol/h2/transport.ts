import type { TLSSocket } from 'node:tls';
import type { Clock } from '../../../core/clock.ts';
import type { Closable } from '../../../core/closable.ts';
import type { Address } from '../../../core/naming/name.ts';
import type { TlsPeer } from '../../../core/tls/client.ts';
import { MeshError } from '../../router/errors.ts';
import type { Exchange, Waiting } from '../../router/exchange.ts';
import type { ConnectionCounts, Transport } from '../../router/transport.ts';
import { connect, type Wire, type WireHandler } from '../wire.ts';
import { ClientSession, type ClientSessionParts } from './client-session.ts';

export interface H2TransportParts {
  readonly address: Address;
  readonly security: TlsPeer | undefined;
  readonly connectMs: number;
  readonly clock: Clock;
  readonly counts: ConnectionCounts;
  readonly session: Omit<ClientSessionParts, 'changed' | 'scheme' | 'clock'>;
  /** Where to go when the peer's TLS does not offer `h2`; undefined: that is an error. */
  readonly fallback: (() => Transport) | undefined;
}

/** Connections to one peer at most; more streams than they carry wait. */
const CONNECTIONS = 8;

/** HTTP/2 connections to one address: one, until it carries all it may. */
export class H2Transport implements Transport, Waiting {
  readonly #parts: H2TransportParts;
  readonly #sessions = new Set<ClientSession>();
  #connecting: Connecting | undefined;
  #queue: Exchange[] = [];
  #other: Transport | undefined;
  #closed = false;
  /** Streams a connection may carry, as the peer said last: the next one will not be different. */
  #streams: number | undefined;

  constructor(parts: H2TransportParts) {
    this.#parts = parts;
  }

  send(x: Exchange): void {
    if (this.#other !== undefined) {
      this.#other.send(x);
      return;
    }
    const { host, port } = this.#parts.address;
    x.address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    for (const session of this.#sessions) {
      if (session.open) {
        session.send(x);
        return;
      }
    }
    x.waiting = this;
    this.#queue.push(x);
    if (this.#connecting === undefined && this.#sessions.size < CONNECTIONS) this.#connect();
  }

  cancel(x: Exchange): void {
    this.#queue = this.#queue.filter((queued) => queued !== x);
  }

  close(): void {
    this.#closed = true;
    this.#other?.close();
    this.#connecting?.giveUp('client closed');
    this.#drainQueue((x) => x.fail(new MeshError('connect', 'client closed')));
    for (const session of [...this.#sessions]) session.close();
  }

  #connect(): void {
    this.#connecting = new Connecting(this.#parts, {
      failed: (why) => {
        this.#connecting = undefined;
        this.#drainQueue((x) => x.fail(new MeshError('connect', why)));
      },
      http1: (make) => {
        this.#connecting = undefined;
        this.#other = make();
        this.#drainQueue((x) => this.#other?.send(x));
      },
      ready: (session) => {
        this.#connecting = undefined;
        this.#sessions.add(session);
        session.peer.streams = this.#streams ?? session.peer.streams;
        this.#changed(session);
        if (this.#closed) session.close();
      },
      changed: (session) => this.#changed(session),
    });
  }

  #changed(session: ClientSession): void {
    this.#streams = session.peer.streams;
    // One that only finishes what it has does not stand in the way of the next.
    if (session.leaving) this.#sessions.delete(session);
    while (this.#queue.length > 0 && session.open) {
      const x = this.#queue.shift() as Exchange;
      x.waiting = undefined;
      session.send(x);
    }
    if (
      this.#queue.length > 0 &&
      this.#connecting === undefined &&
      this.#sessions.size < CONNECTIONS &&
      !this.#closed
    ) {
      this.#connect();
    }
  }

  #drainQueue(send: (x: Exchange) => void): void {
    const queue = this.#queue;
    this.#queue = [];
    for (const x of queue) {
      x.waiting = undefined;
      send(x);
    }
  }
}

interface Outcome {
  failed(why: string): void;
  http1(make: () => Transport): void;
  ready(session: ClientSession): void;
  changed(session: ClientSession): void;
}

/** One connection on its way: it becomes a session, or says why not. */
class Connecting implements WireHandler {
  readonly #outcome: Outcome;
  readonly #wire: Wire;
  readonly #timer: Closable;
  #why: string | undefined;
  #done = false;

  constructor(parts: H2TransportParts, outcome: Outcome) {
    this.#outcome = outcome;
    const { address, security, clock, connectMs } = parts;
    this.#timer = clock.after(connectMs, () => this.giveUp(`connection timed out after ${connectMs} ms`));
    this.#wire = connect(
      { host: address.host, port: address.port, tls: security && (() => security.connectOptions()) },
      this,
      parts.counts,
      (socket) => {
        const refused = security?.verdict(socket as TLSSocket);
        if (refused !== undefined) this.giveUp(refused);
        else this.#ready(parts, security === undefined ? 'h2' : (socket as TLSSocket).alpnProtocol);
      },
    );
  }

  giveUp(why: string): void {
    this.#why ??= why;
    this.#wire.destroy();
  }

  #ready(parts: H2TransportParts, protocol: string | false | null): void {
    if (this.#done) return;
    if (protocol !== 'h2') {
      if (parts.fallback === undefined) {
        this.giveUp('the peer does not offer h2');
        return;
      }
      this.#done = true;
      this.#timer.close();
      this.#wire.destroy();
      this.#outcome.http1(parts.fallback);
      return;
    }
    this.#done = true;
    this.#timer.close();
    const { counts, security } = parts;
    counts.connects.add();
    counts.open += 1;
    if (security !== undefined) counts.encrypted += 1;
    let open = true;
    const session = new ClientSession({
      ...parts.session,
      clock: parts.clock,
      scheme: security === undefined ? 'http' : 'https',
      requestExtra: (x) => parts.session.requestExtra(x),
      granted: (x, head) => parts.session.granted(x, head),
      readResponse: (head) => parts.session.readResponse(head),
      changed: (changed) => {
        if (changed.gone && open) {
          open = false;
          counts.closes.add();
          counts.open -= 1;
          if (security !== undefined) counts.encrypted -= 1;
        }
        this.#outcome.changed(changed);
      },
    });
    this.#wire.handler = session;
    session.attach(this.#wire);
    this.#outcome.ready(session);
  }

  data(): void {
    this.giveUp('the peer spoke first');
  }

  full(): void {}

  drained(): void {}

  closed(error: Error | undefined): void {
    if (this.#done) return;
    this.#done = true;
    this.#timer.close();
    this.#outcome.failed(this.#why ?? error?.message ?? 'connection closed');
  }
}
