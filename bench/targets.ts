import type { FirstByte } from './first-byte.ts';
import type { Measured } from './measure.ts';
import { npmPeers } from './peers/npm.ts';
import { markdownTable } from './table.ts';

/** What the linker is held to, and what this run says of it. `measured` is NaN where the run has no answer. */
interface Target {
  readonly of: string;
  readonly measured: number;
  readonly must: number;
  readonly aim: number;
  /** Throughput is better when more, everything else when less. */
  readonly more?: boolean;
}

const megabyte = 2 ** 20;

/** The targets, of one run's rows; ratios compare the linker with a peer in the same scenario. */
export function targets(rows: readonly Measured[], starts: readonly FirstByte[]): readonly Target[] {
  const find = (scenario: string, contender: string) =>
    rows.find((row) => row.scenario.id === scenario && row.contender === contender);
  const cpu = (scenario: string, peer: string) =>
    (find(scenario, 'linker')?.cpu ?? Number.NaN) / (find(scenario, peer)?.cpu ?? Number.NaN);
  const openP99 = (contender: string) => find('mtls-128', contender)?.open.p99 ?? Number.NaN;
  const linker = find('h1-128', 'linker');
  const npm = npmPeers.map(({ name }) => find('h1-128', name)?.perSecond ?? 0);
  const http2 = { must: 1.2, aim: 0.8 };
  return [
    { of: 'one plain HTTP/1.1 hop, CPU ÷ nginx', measured: cpu('h1-128', 'nginx'), must: 1.15, aim: 1 },
    { of: 'two mTLS hops, 64 in flight, CPU ÷ nginx pair', measured: cpu('mtls-128', 'nginx'), must: 0.8, aim: 0.6 },
    { of: 'h2c 8x8, CPU ÷ nghttpx', measured: cpu('h2c-8x8', 'nghttpx'), ...http2 },
    { of: 'h2c 64x1, CPU ÷ nghttpx', measured: cpu('h2c-64x1', 'nghttpx'), ...http2 },
    { of: 'gRPC 8x8, CPU ÷ nghttpx', measured: cpu('grpc-8x8', 'nghttpx'), ...http2 },
    {
      of: 'throughput ÷ best npm proxy',
      measured: (linker?.perSecond ?? Number.NaN) / (Math.max(...npm) || Number.NaN),
      must: 2,
      aim: 3,
      more: true,
    },
    {
      of: 'two mTLS hops at 1000/s, added p99, ms',
      measured: (openP99('linker') - openP99('direct')) / 1000,
      must: 1.2,
      aim: 0.8,
    },
    {
      of: 'RSS idle, MB',
      measured: (linker?.idleBytes ?? Number.NaN) / megabyte,
      must: 60,
      aim: 48,
    },
    {
      of: 'RSS loaded (one plain hop), MB',
      measured: (linker?.loadedBytes ?? Number.NaN) / megabyte,
      must: 80,
      aim: 60,
    },
    {
      of: 'start to first byte, ms',
      measured: starts.find((start) => start.contender === 'linker')?.ms ?? Number.NaN,
      must: 100,
      aim: 50,
    },
  ];
}

/** `aim`, `must` or `missed`. */
function verdict({ measured, must, aim, more = false }: Target): string {
  const reaches = (bound: number) => (more ? measured >= bound : measured <= bound);
  return reaches(aim) ? 'aim' : reaches(must) ? 'must' : 'missed';
}

/** The targets this run has an answer to; '' of none. */
export function targetTable(rows: readonly Measured[], starts: readonly FirstByte[]): string {
  const answered = targets(rows, starts).filter(({ measured }) => Number.isFinite(measured));
  if (answered.length === 0) return '';
  return markdownTable<Target>(
    [
      { title: 'target', align: 'left', cell: (target) => target.of },
      { title: 'must', cell: (target) => `${target.more ? '≥' : '≤'} ${target.must}` },
      { title: 'aim', cell: (target) => `${target.more ? '≥' : '≤'} ${target.aim}` },
      { title: 'measured', cell: ({ measured }) => (measured < 10 ? measured.toFixed(2) : measured.toFixed(0)) },
      { title: 'reached', align: 'left', cell: verdict },
    ],
    answered,
  );
}
