/** One question a run answers for every contender. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly hops: 1 | 2;
  readonly path: string;
  /** Keep-alive connections of the saturating client. */
  readonly connections: number;
  /** Whether latency at a constant rate is measured too (once for each path is enough). */
  readonly openLoop: boolean;
}

function scenario(hops: 1 | 2, size: '128' | '10k', connections: 8 | 64): Scenario {
  const kind = hops === 1 ? 'h1' : 'mtls';
  return {
    id: connections === 64 ? `${kind}-${size}` : `${kind}-${size}-c8`,
    title: `${hops === 1 ? 'one plain hop' : 'two hops, mTLS between'}, ${size === '128' ? '128 B' : '10 KB'}, ${connections} connections`,
    hops,
    path: `/${size}`,
    connections,
    openLoop: connections === 64,
  };
}

const hops = [1, 2] as const;
const sizes = ['128', '10k'] as const;
const connections = [64, 8] as const;

export const scenarios: readonly Scenario[] = hops.flatMap((h) =>
  sizes.flatMap((s) => connections.map((c) => scenario(h, s, c))),
);
