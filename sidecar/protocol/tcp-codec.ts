import { MeshError } from '../router/errors.ts';
import type { Exchange } from '../router/exchange.ts';
import { RequestHead } from '../router/request-head.ts';
import type { Transport } from '../router/transport.ts';
import { Acceptor } from './accepting.ts';
import type { Codec, ConnectParts, ListenParts } from './codec.ts';
import { hpackForm } from './h2/hpack-form.ts';
import { ServerSession } from './h2/server-session.ts';
import { H2Transport } from './h2/transport.ts';
import { asking, farSide, nearSide } from './mesh-codec.ts';
import { tunnel } from './tunnel.ts';
import { TunnelConnection } from './tunnel-connection.ts';

/** Bytes both ways, one connection a tunnel, in the clear or over TLS. */
export const tcp: Codec = {
  listen: (parts) => listen(parts, () => false),
  connect: (parts) => new TcpTransport(parts),
};

/**
 * Tunnels between linkers: CONNECT on HTTP/2, many tunnels on one connection. A server that has TLS takes callers that do
 * not ask for `h2` for applications; in the clear all callers are linkers.
 */
export const tcpMesh: Codec = {
  listen: (parts) => listen(parts, (protocol) => protocol === 'h2' || parts.tls === undefined),
  connect: (parts) =>
    new H2Transport({
      ...parts,
      security: parts.security && asking(parts.security, ['h2']),
      forms: { h2: hpackForm },
      session: nearSide(parts),
      fallback: undefined,
    }),
};

async function listen(parts: ListenParts, fromLinker: (protocol: string | undefined) => boolean) {
  const acceptor: Acceptor = new Acceptor(parts, (caller, protocol) =>
    fromLinker(protocol)
      ? new ServerSession(far, caller)
      : new TunnelConnection(parts, caller, nameless(), (gone) => acceptor.forget(gone)),
  );
  const service = { send: (x: Exchange) => tunnelsOnly(x, parts) };
  const far = farSide({ ...parts, service }, hpackForm, (gone) => acceptor.forget(gone));
  await acceptor.listen();
  return acceptor;
}

/** The head of a connection that says nothing of where it goes. */
function nameless(): RequestHead {
  const head = new RequestHead();
  head.method = 'CONNECT';
  return head;
}

function tunnelsOnly(x: Exchange, { service }: ListenParts): void {
  if (x.request.method === 'CONNECT') service.send(x);
  else x.fail(new MeshError('unidentified', 'This server takes tunnels only: CONNECT'));
}

/** A connection to one address for each tunnel. */
class TcpTransport implements Transport {
  readonly #parts: ConnectParts;

  constructor(parts: ConnectParts) {
    this.#parts = parts;
  }

  send(x: Exchange): void {
    const { host, port } = this.#parts.address;
    x.address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    tunnel(this.#parts, x);
  }

  /** Tunnels that stand go on to their ends. */
  close(): void {}
}
