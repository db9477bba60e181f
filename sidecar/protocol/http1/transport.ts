import { Counter } from '../../../core/telemetry/metrics.ts';
import { MeshError } from '../../router/errors.ts';
import type { Exchange } from '../../router/exchange.ts';
import type { Transport } from '../../router/transport.ts';
import type { ConnectParts } from '../codec.ts';
import { Connecting } from '../connecting.ts';
import { Expiry, type Used } from '../expiry.ts';
import { Places } from '../places.ts';
import { tunnel } from '../tunnel.ts';
import { ClientConnection } from './client-connection.ts';

/**
 * HTTP/1.1 connections to one address: one exchange a connection at a time, the connection used last is used next. As
 * many as it takes, and each kept until the peer closes it (Linkerd's default pool), unless limits are given.
 */
export class Http1Transport implements Transport {
  readonly parts: ConnectParts;
  readonly #idle: ClientConnection[] = [];
  #closed = false;
  readonly #places: Places | undefined;
  /** Watches how long connections live, and how long the pool keeps them without use. */
  readonly #session: Expiry | undefined;
  readonly #keeping: Expiry | undefined;

  constructor(parts: ConnectParts) {
    this.parts = parts;
    const { pool, session, clock } = parts;
    this.#places = pool && new Places(pool, (x) => this.#connect(x));
    this.#session = session && new Expiry(session, clock);
    if (pool?.idleMs === undefined) return;
    this.#keeping = new Expiry({ idleMs: pool.idleMs, idle: new Counter(), lifetime: new Counter() }, clock);
  }

  send(x: Exchange): void {
    const { host, port } = this.parts.address;
    x.address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    if (x.request.method === 'CONNECT') {
      tunnel(this.parts, x);
      return;
    }
    const idle = this.#idle.pop();
    if (idle !== undefined) {
      this.parts.counts.cached -= 1;
      idle.send(x);
    } else if (this.#places === undefined) this.#connect(x);
    else this.#places.send(x);
  }

  #connect(x: Exchange): void {
    const connecting = new Connecting(this.parts, {
      ready: (wire, counted) => {
        const connection = new ClientConnection(this, wire, counted);
        this.#session?.add(connection);
        this.#keeping?.add(this.#kept(connection));
        connection.send(x);
      },
      failed: (why) => {
        this.#places?.free();
        x.fail(new MeshError('connect', why));
      },
    });
    x.waiting = this.#places === undefined ? connecting : { cancel: () => this.#giveUp(connecting) };
  }

  #giveUp(connecting: Connecting): void {
    connecting.cancel();
    this.#places?.free();
  }

  /** A connection as the pool sees it: one of the least that are kept is looked at again later. */
  #kept(connection: ClientConnection): Used {
    const kept: Used = {
      get idle() {
        return connection.idle;
      },
      get begun() {
        return connection.begun;
      },
      drain: () => {
        if (connection.gone) return;
        if ((this.#places?.taken ?? 0) > (this.parts.pool?.minSize ?? 0)) connection.drain();
        else this.#keeping?.add(kept);
      },
    };
    return kept;
  }

  /** Takes a connection back; false where it is to be closed instead. */
  keep(connection: ClientConnection): boolean {
    if (this.#closed) return false;
    const next = this.#places?.next();
    if (next !== undefined) {
      connection.send(next);
      return true;
    }
    this.#idle.push(connection);
    this.parts.counts.cached += 1;
    return true;
  }

  /** A connection takes no other exchange. */
  leave(connection: ClientConnection): void {
    const at = this.#idle.indexOf(connection);
    if (at < 0) return;
    this.#idle.splice(at, 1);
    this.parts.counts.cached -= 1;
  }

  /** A connection is closed. */
  forget(connection: ClientConnection): void {
    this.leave(connection);
    this.#session?.forget(connection);
    this.#places?.free();
  }

  close(): void {
    this.#closed = true;
    this.#session?.close();
    this.#keeping?.close();
    for (const connection of [...this.#idle]) connection.close();
  }
}
