import type * as net from 'node:net';
import { TLSSocket } from 'node:tls';
import { clientCertHeader } from '#core/tls/client-cert.ts';
import type { Caller, End } from '../router/caller.ts';

/** The caller at the other end of an accepted socket, over TLS after the handshake. */
export class SocketCaller implements Caller {
  readonly end: End;
  readonly local: End;
  readonly #tls: TLSSocket | undefined;
  #certificate: string | undefined;

  constructor(socket: net.Socket) {
    this.end = { ip: plain(socket.remoteAddress), port: socket.remotePort ?? 0 };
    this.local = { ip: plain(socket.localAddress), port: socket.localPort ?? 0 };
    this.#tls = socket instanceof TLSSocket ? socket : undefined;
  }

  get encrypted(): boolean {
    return this.#tls !== undefined;
  }

  /** Made when first asked for: few routers do. Only a certificate that was verified counts. */
  get certificate(): string {
    if (this.#certificate === undefined) {
      const shown = this.#tls?.authorized ? this.#tls.getPeerX509Certificate() : undefined;
      this.#certificate = shown === undefined ? '' : clientCertHeader(shown);
    }
    return this.#certificate;
  }
}

/** A dual-stack server sees IPv4 callers in IPv6 clothes. */
function plain(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:/, '');
}
