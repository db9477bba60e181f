import type { TlsPeer } from '../../core/tls/client.ts';
import { MeshError } from '../router/errors.ts';
import type { Exchange } from '../router/exchange.ts';
import type { Transport } from '../router/transport.ts';
import { Acceptor } from './accepting.ts';
import type { Codec, ConnectParts, ListenParts } from './codec.ts';
import { h2Side, meshLimits } from './h2/codec.ts';
import { encodeVarying } from './h2/hpack-encoder.ts';
import { type H2ServerSide, ServerSession } from './h2/server-session.ts';
import { H2Transport } from './h2/transport.ts';
import { type BecomeH2, http1Side, http1With } from './http1/codec.ts';
import { ServerConnection } from './http1/server.ts';
import { Http1Transport } from './http1/transport.ts';
import { meshField, reasonToTell, respelled, respelledTrailers, spell, spellTrailers, upgraded } from './mesh-head.ts';

/** What ALPN offers and asks for between linkers, best first. */
export const meshProtocols = ['h2', 'http/1.1'] as const;

/**
 * HTTP/1.1 between applications, carried over HTTP/2 between linkers: many exchanges on one connection of mutual TLS,
 * upgraded at the near end and turned back at the far end. Where the peer does not offer `h2`, HTTP/1.1 as ever.
 */
export const mesh: Codec = {
  async listen(parts) {
    const acceptor: Acceptor = new Acceptor(parts, (caller, protocol) =>
      protocol === 'h2' ? new ServerSession(far, caller) : new ServerConnection(plain, caller),
    );
    const far = farSide(parts, (session) => acceptor.forget(session));
    const plain = http1Side(parts, acceptor, becomeNative(parts, acceptor));
    await acceptor.listen();
    return acceptor;
  },

  connect(parts) {
    const { security } = parts;
    if (security === undefined) return new Http1Transport(parts);
    return new H2Transport({
      ...parts,
      times: parts.session,
      security: asking(security, meshProtocols),
      session: nearSide(parts),
      fallback: () => withoutTunnels(new Http1Transport({ ...parts, security: asking(security, ['http/1.1']) })),
    });
  },
};

/** A linker that takes no HTTP/2 would take the bytes of a tunnel for a request. */
function withoutTunnels(transport: Transport): Transport {
  return {
    send(x) {
      if (x.request.method !== 'CONNECT') transport.send(x);
      else x.fail(new MeshError('connect', 'the linker takes no tunnels: its server needs `multiplex: true`'));
    },
    close: () => transport.close(),
  };
}

/** HTTP/1.1, and HTTP/2 from end to end for callers that speak it through CONNECT. */
export const http1: Codec = http1With(becomeNative);

function becomeNative(parts: ListenParts, acceptor: Acceptor): BecomeH2 {
  const side = nativeSide(parts, (session) => acceptor.forget(session));
  return (caller) => new ServerSession(side, caller);
}

/** HTTP/2 from end to end. */
function nativeSide(parts: ListenParts, forget: (session: ServerSession) => void): H2ServerSide {
  return h2Side({ ...parts, service: parts.native ?? parts.service }, forget);
}

/** The near end: HTTP/1.1 becomes HTTP/2. */
export function nearSide(parts: ConnectParts): ConstructorParameters<typeof H2Transport>[0]['session'] {
  return {
    limits: meshLimits(parts.limits),
    gather: parts.limits.gather,
    granted: (x, head) => head.switched || (x.request.method === 'CONNECT' && head.status === 200),
    linked: true,
    grantsOnly: true,
    requestExtra: (x) => encodeVarying(meshField, spell(x.request.minor, x.request.lines)),
    readResponse(head) {
      const told = respelled(head.lines);
      if (told === undefined) return;
      head.lines = told.lines;
      head.minor = told.minor;
      head.reason = told.reason;
      head.switched = told.switched;
    },
    spelled: spellTrailers,
    respelled: respelledTrailers,
  };
}

/** The far end: HTTP/2 becomes HTTP/1.1 again. */
export function farSide(parts: ListenParts, forget: (session: ServerSession) => void): H2ServerSide {
  const native = nativeSide(parts, forget);
  const side: H2ServerSide = {
    limits: meshLimits(parts.limits),
    service: parts.service,
    clock: parts.clock,
    gather: parts.limits.gather,
    errorBytes: parts.errorBytes,
    headerBytes: parts.limits.headers,
    clearContext: parts.clearContext,
    via: '1.1 linkerd',
    resetFor: () => undefined,
    // Without our field it is no HTTP/1 request that a linker upgraded, but one that is HTTP/2 by nature.
    sideOf: (head) => (!upgraded(head.lines) && head.method !== 'CONNECT' ? native : side),
    responseExtra(head, switched) {
      const told = spell(head.minor, head.lines, switched) + reasonToTell(head.status, head.reason);
      return encodeVarying(meshField, told);
    },
    spelled: spellTrailers,
    respelled: respelledTrailers,
    received(x: Exchange) {
      const told = respelled(x.request.lines);
      if (told === undefined) return;
      x.request.lines = told.lines;
      x.request.minor = told.minor;
      if (told.minor === 0) x.via = '1.0 linkerd';
    },
    forget,
  };
  return side;
}

export function asking(peer: TlsPeer, protocols: readonly string[]): TlsPeer {
  return {
    connectOptions: () => ({ ...peer.connectOptions(), ALPNProtocols: [...protocols] }),
    verdict: (socket) => peer.verdict(socket),
  };
}
