import { type Clock, ManualClock } from '#core/clock.ts';
import { address } from '#core/naming/name.ts';
import { Counter } from '#core/telemetry/metrics.ts';
import type { CodecLimits } from '#sidecar/protocol/codec.ts';
import { h2 } from '#sidecar/protocol/h2/codec.ts';
import type { Exchange, Source } from '#sidecar/router/exchange.ts';
import type { ConnectionCounts } from '#sidecar/router/transport.ts';
import { type Caller, type CallOptions, call } from './exchanges.ts';
import { type H2Peer, H2PeerServer } from './h2-peer.ts';
import { eventually } from './within.ts';

export const connectionCounts = (): ConnectionCounts => ({
  connects: new Counter(),
  closes: new Counter(),
  open: 0,
  encrypted: 0,
  cached: 0,
  received: 0,
  sent: 0,
});

export interface H2TransportOptions {
  /** What a connection of the origin does. */
  readonly serve?: (peer: H2Peer) => Promise<void> | void;
  /** Its SETTINGS frame. */
  readonly hello?: string;
  readonly limits?: Partial<CodecLimits>;
  readonly clock?: Clock;
}

/** The linker's HTTP/2 client before an origin that sends exactly what it is told; bodies up to 10 bytes are taken whole. */
export async function h2Connected({
  serve = () => {},
  hello,
  limits,
  clock = new ManualClock(),
}: H2TransportOptions = {}) {
  const origin = await H2PeerServer.start(serve, hello);
  const counts = connectionCounts();
  const transport = h2.connect({
    address: address('127.0.0.1', origin.port),
    security: undefined,
    limits: { line: 1000, headers: 2000, gather: 10, streams: 100, window: 65_535, ...limits },
    connectMs: 1000,
    clock,
    counts,
  });
  return {
    ...{ origin, clock, counts, transport },
    send(request: CallOptions = {}) {
      const sent = call(request);
      transport.send(sent.x);
      return sent;
    },
    /** The origin's end of its n-th connection. */
    peer: (n = 0) => eventually(() => origin.peers[n], `connection ${n} is here`),
    async [Symbol.asyncDispose]() {
      transport.close();
      await origin.close();
    },
  };
}

/** Sends the body of a request that is streamed, once the upstream is ready for it. */
export async function upload(x: Exchange, caller: Caller, pieces: readonly string[], trailers = ''): Promise<Source> {
  await eventually(() => (caller.flows > 0 ? true : undefined), 'the body may flow');
  for (const piece of pieces) x.upstream?.write(Buffer.from(piece, 'latin1'), 0, piece.length);
  x.upstream?.finish(trailers);
  return x.upstream as Source;
}
