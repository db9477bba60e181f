import type { Path } from './contender.ts';

/** One question a run answers for every contender that has an answer. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly path: Path;
  /** What is asked for; `/128` is an answer of so many bytes. */
  readonly target: string;
  /** Keep-alive connections of the saturating client, and requests in flight on each. */
  readonly connections: number;
  readonly streams: number;
  /** Bytes of the message of a gRPC call. */
  readonly message?: number;
  /** The C proxy whose processor time a row is divided by. */
  readonly reference: 'nginx' | 'nghttpx';
  /** Whether latency at a constant rate is measured too (once for each path is enough). */
  readonly openLoop: boolean;
}

function http1(path: 'h1' | 'mtls', size: '128' | '10k', connections: 8 | 64): Scenario {
  return {
    id: connections === 64 ? `${path}-${size}` : `${path}-${size}-c8`,
    title: `${path === 'h1' ? 'one plain hop' : 'two hops, mTLS between'}, ${size === '128' ? '128 B' : '10 KB'}, ${connections} connections`,
    path,
    target: `/${size}`,
    connections,
    streams: 1,
    reference: 'nginx',
    openLoop: connections === 64,
  };
}

function http2(connections: 8 | 64, streams: 1 | 8): Scenario {
  return {
    id: `h2c-${connections}x${streams}`,
    title: `HTTP/2 in the clear, 128 B, ${connections} connections of ${streams} streams`,
    path: 'h2c',
    target: '/128',
    connections,
    streams,
    reference: 'nghttpx',
    openLoop: streams === 8,
  };
}

const grpc: Scenario = {
  id: 'grpc-8x8',
  title: 'unary gRPC calls of 128 B both ways, 8 connections of 8 streams',
  path: 'grpc',
  target: '/bench.Echo/Unary',
  connections: 8,
  streams: 8,
  message: 128,
  reference: 'nghttpx',
  openLoop: true,
};

const paths = ['h1', 'mtls'] as const;
const sizes = ['128', '10k'] as const;
const connections = [64, 8] as const;

export const scenarios: readonly Scenario[] = [
  ...paths.flatMap((path) => sizes.flatMap((size) => connections.map((count) => http1(path, size, count)))),
  http2(8, 8),
  http2(64, 1),
  grpc,
];
