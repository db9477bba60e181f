import { median } from '../median.ts';

/** Functions that do the same thing in different ways. Each call does one operation and gives something used from it. */
export interface Micro {
  readonly name: string;
  readonly variants: Readonly<Record<string, () => unknown>>;
}

export interface MicroResult {
  readonly name: string;
  readonly variant: string;
  /** Nanoseconds an operation: median and best over the rounds. */
  readonly ns: number;
  readonly best: number;
}

const batchMs = 20;
const rounds = 15;

/** Where results go, so that the compiler cannot find them unused. */
let sink: unknown;

function time(run: () => unknown, times: number): number {
  const begin = process.hrtime.bigint();
  for (let i = 0; i < times; i++) sink = run();
  return Number(process.hrtime.bigint() - begin);
}

/** How often `run` has to be called to fill a batch; compiles it on the way. */
function batchSize(run: () => unknown): number {
  let times = 64;
  while (time(run, times) < batchMs * 1e6) times *= 2;
  return times;
}

/** Measures all variants in turns, batch by batch, so that what disturbs the machine disturbs each alike. */
export function runMicroBenchmark({ name, variants }: Micro): readonly MicroResult[] {
  const runs = Object.entries(variants).map(([variant, run]) => ({
    variant,
    run,
    times: batchSize(run),
    ns: [] as number[],
  }));
  for (let round = 0; round < rounds; round++) for (const r of runs) r.ns.push(time(r.run, r.times) / r.times);
  if (sink === runs) throw new Error('unreachable: only reads what was computed');
  return runs.map((r) => ({ name, variant: r.variant, ns: median(r.ns), best: Math.min(...r.ns) }));
}
