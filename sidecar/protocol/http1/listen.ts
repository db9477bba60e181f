import * as net from 'node:net';
import * as tls from 'node:tls';
import type { Clock } from '../../../core/clock.ts';
import type { ServerTls } from '../../../core/tls/server.ts';
import type { Service } from '../../router/service.ts';
import type { Listener, ServerCounts } from '../listener.ts';
import { accept, listenTo, type Wire } from '../wire.ts';
import type { HeadLimits } from './parse-head.ts';
import { ServerConnection, type ServerSide } from './server.ts';

export interface Http1ServerParts {
  readonly ip: string;
  readonly port: number;
  readonly tls: ServerTls | undefined;
  readonly limits: HeadLimits;
  readonly gather: number;
  readonly errorBytes: number;
  readonly clearContext: boolean;
  readonly service: Service;
  readonly clock: Clock;
  readonly counts: ServerCounts;
  /** A handshake that failed, in words; nothing of the peer's is quoted. */
  readonly refused: (why: string, remote: string) => void;
}

/** Listens for HTTP/1.1, in the clear or over TLS; rejects when the address cannot be had. */
export async function listenHttp1(parts: Http1ServerParts): Promise<Listener> {
  const server = new Http1Listener(parts);
  await server.listen();
  return server;
}

class Http1Listener implements ServerSide, Listener {
  readonly limits: HeadLimits;
  readonly gather: number;
  readonly errorBytes: number;
  readonly clearContext: boolean;
  readonly service: Service;
  readonly clock: Clock;
  draining = false;
  readonly #parts: Http1ServerParts;
  readonly #server: net.Server;
  readonly #connections = new Map<ServerConnection, Wire>();
  #empty: (() => void) | undefined;

  constructor(parts: Http1ServerParts) {
    this.#parts = parts;
    this.limits = parts.limits;
    this.gather = parts.gather;
    this.errorBytes = parts.errorBytes;
    this.clearContext = parts.clearContext;
    this.service = parts.service;
    this.clock = parts.clock;
    this.#server = parts.tls === undefined ? this.#plain() : this.#secure(parts.tls);
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port;
  }

  listen(): Promise<void> {
    const { ip, port } = this.#parts;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host: ip, port, backlog: 4096 }, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  forget(connection: ServerConnection): void {
    if (!this.#connections.delete(connection)) return;
    const { counts } = this.#parts;
    counts.closes.add();
    counts.open -= 1;
    if (this.#connections.size === 0) this.#empty?.();
  }

  drain(): Promise<void> {
    this.draining = true;
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
    this.#server.close();
    for (const wire of [...this.#connections.values()]) wire.destroy();
  }

  #plain(): net.Server {
    return net.createServer({ noDelay: true, pauseOnConnect: true }, (socket) => {
      this.#admit(socket, (connection) => accept(socket, connection, this.#parts.counts));
    });
  }

  #secure(security: ServerTls): net.Server {
    const server = tls.createServer({ ...security.options, noDelay: true }, (socket) => {
      const refused = security.verdict(socket);
      if (refused !== undefined) {
        this.#parts.refused(refused, socket.remoteAddress ?? '');
        socket.destroy();
        return;
      }
      this.#admit(socket, (connection) => listenTo(socket, connection, this.#parts.counts));
    });
    security.follow(server);
    server.on('tlsClientError', (error, socket) => this.#parts.refused(error.message, socket.remoteAddress ?? ''));
    return server;
  }

  #admit(socket: net.Socket, open: (connection: ServerConnection) => Wire): void {
    const { counts } = this.#parts;
    const host = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    const connection = new ServerConnection(
      this,
      `${host.includes(':') ? `[${host}]` : host}:${socket.remotePort ?? 0}`,
    );
    counts.connects.add();
    counts.open += 1;
    const wire = open(connection);
    connection.attach(wire);
    this.#connections.set(connection, wire);
  }
}
