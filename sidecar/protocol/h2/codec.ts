import type { failures } from '../../router/errors.ts';
import { Acceptor } from '../accepting.ts';
import type { Codec, CodecLimits, ListenParts } from '../codec.ts';
import { Code } from './frame.ts';
import { hpackForm } from './hpack-form.ts';
import { type H2ServerSide, ServerSession } from './server-session.ts';
import type { SessionLimits } from './session.ts';
import { H2Transport } from './transport.ts';

/**
 * HTTP/2 from end to end, as a linker says it by ALPN to a server of the mesh: there `h2` alone may be anyone, whose requests
 * become HTTP/1.1.
 */
export const NATIVE = 'heddle-h2';

/** HTTP/2 on both sides: by prior knowledge in the clear, by ALPN over TLS. */
export const h2: Codec = {
  async listen(parts) {
    const acceptor: Acceptor = new Acceptor(parts, (caller) => new ServerSession(side, caller));
    const side = h2Side(parts, (session) => acceptor.forget(session));
    await acceptor.listen();
    return acceptor;
  },
  connect: (parts) =>
    new H2Transport({
      ...parts,
      times: parts.session,
      session: {
        limits: sessionLimits(parts.limits),
        gather: parts.limits.gather,
        linked: false,
        grantsOnly: false,
      },
      forms: { h2: hpackForm, [NATIVE]: hpackForm },
      fallback: undefined,
    }),
};

export function sessionLimits(limits: CodecLimits): SessionLimits {
  return { streams: limits.streams, window: limits.window, headerList: limits.headers * 2 };
}

/**
 * Between linkers nothing may be too large that was taken on the way in: a line of HTTP/1 has four bytes at least and
 * counts for 33 in HTTP/2, and every linker adds lines of its own.
 */
export function meshLimits(limits: CodecLimits): SessionLimits {
  return { ...sessionLimits(limits), headerList: limits.headers * 9 + 8192 };
}

/** The side of an h2 router's server, or of what is HTTP/2 from end to end at another's. */
export function h2Side(parts: ListenParts, forget: (session: ServerSession) => void): H2ServerSide {
  return {
    form: hpackForm,
    limits: sessionLimits(parts.limits),
    service: parts.service,
    clock: parts.clock,
    gather: parts.limits.gather,
    errorBytes: parts.errorBytes,
    headerBytes: parts.limits.headers,
    clearContext: parts.clearContext,
    via: 'h2 linkerd',
    resetFor,
    received(x) {
      x.via = 'h2 linkerd';
    },
    forget,
  };
}

/** What a caller gets instead of an answer (Linkerd §6.3, as observed). */
function resetFor(error: { readonly kind: keyof typeof failures; readonly cause?: unknown }): number | undefined {
  switch (error.kind) {
    case 'unidentified':
    case 'nacked':
    case 'refused':
    case 'overload':
      return Code.refused;
    case 'reset':
    case 'stale':
      return typeof error.cause === 'number' ? error.cause : Code.cancel;
    case 'attemptTimeout':
    case 'totalTimeout':
    case 'badResponse':
      return Code.internal;
    default:
      return undefined;
  }
}
