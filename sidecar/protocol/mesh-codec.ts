import type { TlsPeer } from '../../core/tls/client.ts';
import type { Exchange } from '../router/exchange.ts';
import type { ResponseHead } from '../router/response-head.ts';
import { Acceptor } from './accepting.ts';
import type { Codec, ConnectParts, ListenParts } from './codec.ts';
import { sessionLimits } from './h2/codec.ts';
import { encodeVarying } from './h2/hpack-encoder.ts';
import { type H2ServerSide, ServerSession } from './h2/server-session.ts';
import { H2Transport } from './h2/transport.ts';
import { ServerConnection, type ServerSide } from './http1/server.ts';
import { Http1Transport } from './http1/transport.ts';
import { meshField, reasonToTell, respelled, spell } from './mesh-head.ts';

/** What ALPN offers and asks for between linkers, best first. */
export const meshProtocols = ['h2', 'http/1.1'] as const;

/**
 * HTTP/1.1 between applications, carried over HTTP/2 between linkers: many exchanges on one connection of mutual TLS,
 * upgraded at the near end and turned back at the far end. Where the peer does not offer `h2`, HTTP/1.1 as ever.
 */
export const mesh: Codec = {
  async listen(parts) {
    const acceptor: Acceptor = new Acceptor(parts, (remote, protocol) =>
      protocol === 'h2' ? new ServerSession(far, remote) : new ServerConnection(plain, remote),
    );
    const far = farSide(parts, (session) => acceptor.forget(session));
    const plain: ServerSide = {
      parts,
      get draining() {
        return acceptor.draining;
      },
      forget: (connection) => acceptor.forget(connection),
    };
    await acceptor.listen();
    return acceptor;
  },

  connect(parts) {
    const { security } = parts;
    if (security === undefined) return new Http1Transport(parts);
    return new H2Transport({
      ...parts,
      security: asking(security, meshProtocols),
      session: nearSide(parts),
      fallback: () => new Http1Transport({ ...parts, security: asking(security, ['http/1.1']) }),
    });
  },
};

/** The near end: HTTP/1.1 becomes HTTP/2. */
function nearSide(parts: ConnectParts): ConstructorParameters<typeof H2Transport>[0]['session'] {
  return {
    limits: sessionLimits(parts.limits),
    gather: parts.limits.gather,
    requestExtra: (x) => encodeVarying(meshField, spell(x.request.minor, x.request.lines)),
    readResponse(head) {
      const told = respelled(head.lines);
      if (told === undefined) return;
      head.lines = told.lines;
      head.minor = told.minor;
      head.reason = told.reason;
    },
  };
}

/** The far end: HTTP/2 becomes HTTP/1.1 again. */
function farSide(parts: ListenParts, forget: (session: ServerSession) => void): H2ServerSide {
  return {
    limits: sessionLimits(parts.limits),
    service: parts.service,
    clock: parts.clock,
    gather: parts.limits.gather,
    errorBytes: parts.errorBytes,
    headerBytes: parts.limits.headers,
    clearContext: parts.clearContext,
    via: '1.1 linkerd',
    resetFor: () => undefined,
    responseExtra: (head: ResponseHead) =>
      encodeVarying(meshField, spell(head.minor, head.lines) + reasonToTell(head.status, head.reason)),
    received(x: Exchange) {
      const told = respelled(x.request.lines);
      if (told === undefined) return;
      x.request.lines = told.lines;
      x.request.minor = told.minor;
      if (told.minor === 0) x.via = '1.0 linkerd';
    },
    forget,
  };
}

function asking(peer: TlsPeer, protocols: readonly string[]): TlsPeer {
  return {
    connectOptions: () => ({ ...peer.connectOptions(), ALPNProtocols: [...protocols] }),
    verdict: (socket) => peer.verdict(socket),
  };
}
