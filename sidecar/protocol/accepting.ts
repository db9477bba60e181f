import * as net from 'node:net';
import * as tls from 'node:tls';
import type { Caller } from '../router/caller.ts';
import type { ListenParts } from './codec.ts';
import { Expiry, type Used } from './expiry.ts';
import { Handshakes } from './handshakes.ts';
import type { Listener } from './listener.ts';
import { Patience, type Slow } from './patience.ts';
import { SocketCaller } from './socket-caller.ts';
import { accept, listenTo, type Wire, type WireHandler } from './wire.ts';

/** A caller's connection, whatever it speaks. */
export interface Connection extends WireHandler, Used {
  attach(wire: Wire): void;
  /** Present where a caller that is slow is to be given up. */
  readonly slow?: Slow;
}

/** Makes the connection for a caller; `protocol` is what ALPN chose, undefined where nothing was. */
export type Admit = (caller: Caller, protocol: string | undefined) => Connection;

/** A listening socket and its connections, in the clear or over TLS. */
export class Acceptor implements Listener {
  draining = false;
  readonly #parts: ListenParts;
  readonly #admit: Admit;
  readonly #server: net.Server;
  readonly #connections = new Map<Connection, Wire>();
  readonly #expiry: Expiry | undefined;
  readonly #patience: Patience;
  #handshakes: Handshakes | undefined;
  #empty: (() => void) | undefined;

  constructor(parts: ListenParts, admit: Admit) {
    this.#parts = parts;
    this.#admit = admit;
    this.#expiry = parts.session && new Expiry(parts.session, parts.clock);
    this.#patience = new Patience(parts.clock);
    this.#server = parts.tls === undefined ? this.#plain() : this.#secure(parts.tls);
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port;
  }

  /** Rejects when the address cannot be had. */
  listen(): Promise<void> {
    const { ip, port, socket } = this.#parts;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      const { backlog = 4096, reusePort = false } = socket ?? {};
      this.#server.listen({ host: ip, port, backlog, reusePort }, () => {
        this.#server.off('error', reject);
        // No descriptors left, say: the caller that could not be accepted is lost, the others are served on.
        this.#server.on('error', (error) => this.#parts.refused(error.message, ''));
        resolve();
      });
    });
  }

  /** A connection is over. */
  forget(connection: Connection): void {
    if (!this.#connections.delete(connection)) return;
    this.#unwatch(connection);
    const { counts } = this.#parts;
    counts.closes.add();
    counts.open -= 1;
    if (this.#connections.size === 0) this.#empty?.();
  }

  /** The caller goes on in another protocol: `next` has the wire from now on, beginning with `first`. */
  replace(connection: Connection, next: Connection, first: Buffer): void {
    const wire = this.#connections.get(connection);
    if (wire === undefined) return;
    this.#connections.delete(connection);
    this.#unwatch(connection);
    this.#connections.set(next, wire);
    this.#watch(next);
    wire.handler = next;
    next.attach(wire);
    next.data(first, 0, first.length);
  }

  drain(): Promise<void> {
    this.draining = true;
    this.#expiry?.close();
    this.#server.close();
    const done =
      this.#connections.size === 0
        ? Promise.resolve()
        : new Promise<void>((resolve) => {
            this.#empty = resolve;
          });
    for (const connection of [...this.#connections.keys()]) connection.drain();
    return done;
  }

  close(): void {
    this.#expiry?.close();
    this.#server.close();
    this.#handshakes?.close();
    this.#patience.close();
    // What is cut short must not pass for complete.
    for (const wire of [...this.#connections.values()]) wire.break();
  }

  #watch(connection: Connection): void {
    this.#expiry?.add(connection);
    if (connection.slow !== undefined) this.#patience.add(connection.slow);
  }

  #unwatch(connection: Connection): void {
    this.#expiry?.forget(connection);
    if (connection.slow !== undefined) this.#patience.forget(connection.slow);
  }

  get #socketOptions(): { readonly noDelay: boolean; readonly keepAlive: boolean } {
    const { noDelay = true, keepAlive = false } = this.#parts.socket ?? {};
    return { noDelay, keepAlive };
  }

  #plain(): net.Server {
    return net.createServer({ ...this.#socketOptions, pauseOnConnect: true }, (socket) => {
      this.#open(socket, undefined, (connection) => accept(socket, connection, this.#parts.counts));
    });
  }

  #secure(security: NonNullable<ListenParts['tls']>): net.Server {
    const secure = tls.createServer({ ...security.options, ...this.#socketOptions }, (socket) => {
      handshakes.done(socket);
      const refused = security.verdict(socket);
      if (refused !== undefined) {
        this.#parts.refused(refused, socket.remoteAddress ?? '');
        socket.destroy();
        return;
      }
      const protocol = socket.alpnProtocol || undefined;
      this.#open(socket, protocol, (connection) => listenTo(socket, connection, this.#parts.counts));
    });
    security.follow(secure);
    secure.on('tlsClientError', (error, socket) => this.#parts.refused(error.message, socket.remoteAddress ?? ''));
    const handshakes = new Handshakes(this.#parts.clock, (raw) => secure.emit('connection', raw));
    this.#handshakes = handshakes;
    return net.createServer({ ...this.#socketOptions, pauseOnConnect: true }, (raw) => handshakes.add(raw));
  }

  #open(socket: net.Socket, protocol: string | undefined, wire: (connection: Connection) => Wire): void {
    const { counts } = this.#parts;
    const connection = this.#admit(new SocketCaller(socket), protocol);
    counts.connects.add();
    counts.open += 1;
    const made = wire(connection);
    this.#connections.set(connection, made);
    const { stillMs } = this.#parts.socket ?? {};
    if (stillMs !== undefined) made.socket.setTimeout(stillMs, () => made.destroy());
    connection.attach(made);
    this.#watch(connection);
    if (this.draining) connection.drain(); // its handshake was under way
  }
}
