import { MeshError } from '../../router/errors.ts';
import type { Exchange } from '../../router/exchange.ts';
import type { Transport } from '../../router/transport.ts';
import type { ConnectParts } from '../codec.ts';
import { Connecting } from '../connecting.ts';
import { tunnel } from '../tunnel.ts';
import { ClientConnection } from './client-connection.ts';

/**
 * HTTP/1.1 connections to one address: one exchange a connection at a time, the connection used last is used next, and
 * kept until the peer closes it (Linkerd's default pool).
 */
export class Http1Transport implements Transport {
  readonly parts: ConnectParts;
  readonly #idle: ClientConnection[] = [];
  #closed = false;

  constructor(parts: ConnectParts) {
    this.parts = parts;
  }

  send(x: Exchange): void {
    const { host, port } = this.parts.address;
    x.address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    if (x.request.method === 'CONNECT') {
      tunnel(this.parts, x);
      return;
    }
    const idle = this.#idle.pop();
    if (idle === undefined) this.#connect(x);
    else {
      this.parts.counts.cached -= 1;
      idle.send(x);
    }
  }

  #connect(x: Exchange): void {
    x.waiting = new Connecting(this.parts, {
      ready: (wire, counted) => new ClientConnection(this, wire, counted).send(x),
      failed: (why) => x.fail(new MeshError('connect', why)),
    });
  }

  /** Takes a connection back; false where it is to be closed instead. */
  keep(connection: ClientConnection): boolean {
    if (this.#closed) return false;
    this.#idle.push(connection);
    this.parts.counts.cached += 1;
    return true;
  }

  forget(connection: ClientConnection): void {
    const at = this.#idle.indexOf(connection);
    if (at < 0) return;
    this.#idle.splice(at, 1);
    this.parts.counts.cached -= 1;
  }

  close(): void {
    this.#closed = true;
    for (const connection of [...this.#idle]) connection.close();
  }
}
