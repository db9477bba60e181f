import { parentPort, workerData } from 'node:worker_threads';
import { heapUsed } from '#test/helpers/heap-used.ts';
import type { Target } from '../target.ts';
import { readCorpus, smallest } from './corpus.ts';
import { Coverage } from './coverage.ts';
import { chance, mutate } from './mutate.ts';
import { SharedState } from './state.ts';

/** What the worker is given. */
export interface Job {
  readonly target: string;
  readonly file: string;
  readonly memory: SharedArrayBuffer;
  readonly seconds: number;
  readonly seed: number;
}

/** What it says when it ends: an input that should not have failed, or all inputs worth keeping. */
export type Verdict =
  | { readonly kind: 'found'; readonly input: Uint8Array; readonly error: string }
  | { readonly kind: 'clean'; readonly corpus: readonly Uint8Array[] };

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function work(job: Job): Promise<Verdict> {
  const state = new SharedState(job.memory);
  const coverage = new Coverage();
  const { target } = (await import(job.file)) as { target: Target };
  state.blocks = coverage.blocks;
  const most = target.most ?? 1024;
  const pick = chance(job.seed);
  const words = [...coverage.literals].flatMap(asWord);
  const inputs: { input: Buffer; features: readonly number[] }[] = [];
  let failed: Verdict | undefined;

  const run = async (input: Buffer): Promise<void> => {
    state.begin(input);
    coverage.begin();
    try {
      const waits = target.run(input);
      if (waits !== undefined) await waits;
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      failed = { kind: 'found', input, error: text };
      return;
    }
    if (coverage.news() > 0) inputs.push({ input: Buffer.from(input), features: coverage.features() });
  };

  const begun = [...target.seeds.map((seed) => Buffer.from(seed, 'latin1')), ...readCorpus(job.target), Buffer.of()];
  for (const input of begun) {
    await run(input);
    if (failed !== undefined) return failed;
  }
  await pause();
  state.heap = heapUsed();
  const end = performance.now() + job.seconds * 1000;
  for (let n = 1; ; n++) {
    const some = (): Buffer => {
      // Every other time one of the newest: what has just been reached leads on.
      const from = pick(2) === 0 ? Math.max(0, inputs.length - 20) : 0;
      return inputs[from + pick(inputs.length - from)]?.input ?? Buffer.of();
    };
    await run(mutate(some(), some(), words, pick, most));
    if (failed !== undefined) return failed;
    if (n % 64 !== 0) continue;
    await pause(); // what was put off is done, and garbage
    state.inputs = inputs.length;
    state.reached = coverage.reached;
    if (performance.now() > end) break;
  }
  await pause();
  state.heap = heapUsed();
  // What is kept in the repository reaches every block, though not as often.
  const blocks = inputs.map(({ input, features }) => ({ input, features: features.map((f) => f >> 8) }));
  return { kind: 'clean', corpus: smallest(blocks) };
}

/** A literal of the source as bytes in an input: a text, or a number in one byte or four. */
function asWord(literal: string | number): Buffer[] {
  if (typeof literal === 'string') return literal.length > 40 || literal === '' ? [] : [Buffer.from(literal, 'latin1')];
  if (!Number.isInteger(literal) || literal < 0 || literal > 0xffffffff) return [];
  const four = Buffer.alloc(4);
  four.writeUInt32BE(literal);
  return literal < 256 ? [Buffer.of(literal)] : [four, Buffer.from(String(literal))];
}

const verdict = await work(workerData as Job);
parentPort?.postMessage(verdict);
