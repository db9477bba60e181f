import type { TlsPeer } from '../../core/tls/client.ts';
import { MeshError } from '../router/errors.ts';
import type { Transport } from '../router/transport.ts';
import { Acceptor } from './accepting.ts';
import type { Codec, ConnectParts, ListenParts } from './codec.ts';
import { h2Side, meshLimits, NATIVE } from './h2/codec.ts';
import type { HeadForm } from './h2/head-form.ts';
import { hpackForm } from './h2/hpack-form.ts';
import { type H2ServerSide, ServerSession } from './h2/server-session.ts';
import { H2Transport } from './h2/transport.ts';
import { type BecomeH2, http1Side, http1With } from './http1/codec.ts';
import { ServerConnection } from './http1/server.ts';
import { Http1Transport } from './http1/transport.ts';
import { meshForm } from './mesh-form.ts';

/** HTTP/2 with heads of HTTP/1.1, which linkers speak with each other. */
const MESH = 'heddle';
/** What ALPN may choose at a server of the mesh, best first; `h2` is for callers that are no linkers. */
export const meshProtocols = [MESH, NATIVE, 'h2', 'http/1.1'] as const;
/** What a linker asks for that turns HTTP/1.1 into something better. */
const better = [MESH, 'h2', 'http/1.1'] as const;

/**
 * HTTP/1.1 between applications, carried over HTTP/2 between linkers: many exchanges on one connection of mutual TLS,
 * upgraded at the near end and turned back at the far end. A peer that is no linker gets HTTP/2 as anyone has it, or
 * HTTP/1.1 as ever.
 */
export const mesh: Codec = {
  async listen(parts) {
    const acceptor: Acceptor = new Acceptor(parts, (caller, protocol) =>
      protocol === MESH
        ? new ServerSession(far, caller)
        : protocol === NATIVE
          ? new ServerSession(native, caller)
          : protocol === 'h2'
            ? new ServerSession(foreign, caller)
            : new ServerConnection(plain, caller),
    );
    const far = farSide(parts, meshForm, (session) => acceptor.forget(session));
    const foreign = farSide(parts, hpackForm, (session) => acceptor.forget(session));
    const native = nativeSide(parts, (session) => acceptor.forget(session));
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
      security: asking(security, better),
      forms: { [MESH]: meshForm, h2: hpackForm },
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

/** The near end of a hop between linkers. */
export function nearSide({ limits }: ConnectParts): ConstructorParameters<typeof H2Transport>[0]['session'] {
  return { limits: meshLimits(limits), gather: limits.gather, linked: true, grantsOnly: true };
}

/** The far end. */
export function farSide(parts: ListenParts, form: HeadForm, forget: (session: ServerSession) => void): H2ServerSide {
  return {
    form,
    limits: meshLimits(parts.limits),
    service: parts.service,
    clock: parts.clock,
    gather: parts.limits.gather,
    errorBytes: parts.errorBytes,
    headerBytes: parts.limits.headers,
    clearContext: parts.clearContext,
    via: '1.1 linkerd',
    resetFor: () => undefined,
    received(x) {
      if (x.request.minor === 0) x.via = '1.0 linkerd';
    },
    forget,
  };
}

export function asking(peer: TlsPeer, protocols: readonly string[]): TlsPeer {
  return {
    connectOptions: () => ({ ...peer.connectOptions(), ALPNProtocols: [...protocols] }),
    verdict: (socket) => peer.verdict(socket),
  };
}
