import { type Clock, systemClock } from '#core/clock.ts';
import { Counter } from '#core/telemetry/metrics.ts';
import type { CodecLimits, ListenParts } from '#sidecar/protocol/codec.ts';
import { h2 } from '#sidecar/protocol/h2/codec.ts';
import { Flag, Type } from '#sidecar/protocol/h2/frame.ts';
import type { Listener, ServerCounts } from '#sidecar/protocol/listener.ts';
import type { Exchange } from '#sidecar/router/exchange.ts';
import { codeOf, type Fields, type Frame, get, H2Peer, headers, settings } from './h2-peer.ts';

/** The linker's HTTP/2 server on a port of its own, in front of a service the test makes. */
export interface H2Server {
  readonly port: number;
  readonly listener: Listener;
  readonly counts: ServerCounts;
  /** The exchanges the service has been given. */
  readonly exchanges: readonly Exchange[];
  /** A caller that has said hello; the server's SETTINGS and window are read, and acknowledged. */
  caller(hello?: string): Promise<H2Peer>;
  [Symbol.dispose](): void;
}

export interface H2ServerOptions extends Partial<Omit<ListenParts, 'limits' | 'service'>> {
  readonly limits?: Partial<CodecLimits>;
}

/** Without `send`, requests wait for the test to answer them. */
export async function serveH2(
  send: (x: Exchange) => void = () => {},
  { limits, ...options }: H2ServerOptions = {},
): Promise<H2Server> {
  const exchanges: Exchange[] = [];
  const counts: ServerCounts = { connects: new Counter(), closes: new Counter(), open: 0, received: 0, sent: 0 };
  const clock: Clock = options.clock ?? systemClock;
  const listener = await h2.listen({
    ip: '127.0.0.1',
    port: 0,
    tls: undefined,
    limits: { line: 1000, headers: 2000, gather: 100, streams: 100, window: 65_535, ...limits },
    errorBytes: 1000,
    clearContext: false,
    service: {
      send(x) {
        exchanges.push(x);
        send(x);
      },
    },
    native: undefined,
    counts,
    refused: () => {},
    ...options,
    clock,
  });
  return {
    port: listener.port,
    listener,
    counts,
    exchanges,
    async caller(hello = settings()) {
      const peer = await H2Peer.connect(listener.port, hello);
      await greeted(peer);
      return peer;
    },
    [Symbol.dispose]: () => listener.close(),
  };
}

/** Reads what a server says first: SETTINGS, the connection's window, the acknowledgement of ours. */
export async function greeted(peer: H2Peer): Promise<readonly Frame[]> {
  return [await peer.next(), await peer.next(), await peer.next()];
}

/** An answer as its frames say it. */
export interface FramedAnswer {
  /** Interim ones, the answer's own, trailers. */
  readonly heads: readonly Fields[];
  readonly body: string;
  /** Where it was reset. */
  readonly code: number | undefined;
}

const ends = ({ type, flags }: Frame): boolean =>
  type === Type.reset || ((type === Type.data || type === Type.headers) && (flags & Flag.endStream) !== 0);

/** What comes on a stream until it ends or is reset. */
export async function answerOn(caller: H2Peer, stream = 1): Promise<FramedAnswer> {
  const heads: Fields[] = [];
  let body = '';
  for (;;) {
    const next = await caller.next();
    if (next.type === Type.headers) {
      const fields = caller.fields(next);
      if (next.stream === stream) heads.push(fields);
    }
    if (next.stream !== stream) continue;
    if (next.type === Type.data) body += next.payload.toString('latin1');
    if (ends(next)) return { heads, body, code: next.type === Type.reset ? codeOf(next) : undefined };
  }
}

/** One request to a service, and what its caller gets. */
export async function ask(
  send: (x: Exchange) => void,
  frames = headers(1, get('web')),
  options?: H2ServerOptions,
): Promise<FramedAnswer> {
  using server = await serveH2(send, options);
  using caller = await server.caller();
  return await answerOn(caller.send(frames));
}
