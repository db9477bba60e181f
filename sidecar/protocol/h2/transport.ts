import type { TLSSocket } from 'node:tls';
import type { Clock } from '../../../core/clock.ts';
import type { Closable } from '../../../core/closable.ts';
import type { Address } from '../../../core/naming/name.ts';
import type { TlsPeer } from '../../../core/tls/client.ts';
import { MeshError } from '../../router/errors.ts';
import type { Exchange, Waiting } from '../../router/exchange.ts';
import type { ConnectionCounts, Transport } from '../../router/transport.ts';
import { Connecting } from '../connecting.ts';
import { Expiry, type SessionTimes } from '../expiry.ts';
import type { Wire } from '../wire.ts';
import { ClientSession, type ClientSessionParts } from './client-session.ts';
import type { HeadForm } from './head-form.ts';

export interface H2TransportParts {
  readonly address: Address;
  readonly security: TlsPeer | undefined;
  readonly connectMs: number;
  readonly clock: Clock;
  readonly counts: ConnectionCounts;
  /** How long connections last; undefined: until the peer ends them. */
  readonly times?: SessionTimes | undefined;
  readonly session: Omit<ClientSessionParts, 'changed' | 'scheme' | 'clock' | 'form'>;
  /** What heads look like, by what the peer's TLS chooses; in the clear it is HTTP/2. */
  readonly forms: Readonly<Record<string, HeadForm>>;
  /** Where to go when it chooses something else; undefined: that is an error. */
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

  readonly #expiry: Expiry | undefined;

  constructor(parts: H2TransportParts) {
    this.#parts = parts;
    this.#expiry = parts.times && new Expiry(parts.times, parts.clock);
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
    this.#expiry?.close();
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
      ready: (wire, counted) => {
        this.#connecting = undefined;
        const { security, forms } = this.#parts;
        const chosen = security === undefined ? 'h2' : (wire.socket as TLSSocket).alpnProtocol;
        const form = chosen ? forms[chosen] : undefined;
        if (form === undefined) this.#fallBack(wire, counted);
        else this.#begin(wire, form, counted);
      },
    });
  }

  #begin(wire: Wire, form: HeadForm, counted: Closable): void {
    const { session: parts, clock, security } = this.#parts;
    const session = new ClientSession({
      ...parts,
      form,
      clock,
      scheme: security === undefined ? 'http' : 'https',
      changed: (changed) => {
        if (changed.gone) counted.close();
        this.#changed(changed);
      },
    });
    wire.handler = session;
    session.attach(wire);
    this.#sessions.add(session);
    this.#expiry?.add(session);
    session.peer.streams = this.#streams ?? session.peer.streams;
    this.#changed(session);
    if (this.#closed) session.close();
  }

  /** The peer speaks HTTP/1.1 and nothing else. */
  #fallBack(wire: Wire, counted: Closable): void {
    counted.close();
    wire.destroy();
    const { fallback } = this.#parts;
    if (fallback === undefined) {
      this.#drainQueue((x) => x.fail(new MeshError('connect', 'the peer does not offer h2')));
      return;
    }
    this.#other = fallback();
    this.#drainQueue((x) => this.#other?.send(x));
  }

  #changed(session: ClientSession): void {
    this.#streams = session.peer.streams;
    // One that only finishes what it has does not stand in the way of the next.
    if (session.leaving) {
      this.#sessions.delete(session);
      this.#expiry?.forget(session);
    }
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
