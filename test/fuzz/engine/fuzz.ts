import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { SharedState } from './state.ts';
import type { Job, Verdict } from './worker.ts';

export interface Plan {
  readonly target: string;
  /** Module that exports `target`. */
  readonly file: string;
  readonly seconds: number;
  readonly seed: number;
  /** Milliseconds of processor time one input may take, and ten times that by the clock; 2000 where not given. */
  readonly patience?: number;
}

/** What came of it. `heapGrowth`: bytes in use after a collection at the end, less those when all seeds had run. */
export interface Figures {
  readonly runs: number;
  readonly inputs: number;
  readonly reached: number;
  readonly blocks: number;
  readonly heapGrowth: number;
}

export type Result =
  | { readonly kind: 'found'; readonly input: Buffer; readonly error: string; readonly figures: Figures }
  | { readonly kind: 'clean'; readonly corpus: readonly Buffer[]; readonly figures: Figures };

/** More than this on the heap is a leak. */
const HEAP_MB = 512;

/** Fuzzes one target in a thread of its own, and watches over it: an input that hangs or fills the memory is a find too. */
export async function fuzz(plan: Plan): Promise<Result> {
  const state = new SharedState();
  const job: Job = { ...plan, memory: state.memory };
  const worker = new Worker(join(import.meta.dirname, 'worker.ts'), {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  const figures = (): Figures => {
    const { runs, inputs, reached, blocks, heapGrowth } = state;
    return { runs, inputs, reached, blocks, heapGrowth };
  };
  const found = (error: string): Result => ({ kind: 'found', input: state.input, error, figures: figures() });

  // A busy machine makes no input hang: what counts is first of all the work done for it.
  const now = () => ({ work: process.cpuUsage(), clock: performance.now() });
  const patience = plan.patience ?? 2000;
  let seen = 0;
  let since = now();
  let timer: NodeJS.Timeout | undefined;
  const stuck = new Promise<Result>((resolve) => {
    timer = setInterval(() => {
      if (state.runs !== seen || state.runs === 0) {
        seen = state.runs;
        since = now();
        return;
      }
      const { user, system } = process.cpuUsage(since.work);
      const waited = performance.now() - since.clock;
      if ((user + system) / 1000 > patience || waited > 10 * patience) resolve(found('hangs'));
    }, 100);
  });
  const said = once(worker, 'message').then(
    ([message]): Result => {
      const verdict = message as Verdict;
      return verdict.kind === 'found'
        ? { ...verdict, input: Buffer.from(verdict.input), figures: figures() }
        : { ...verdict, corpus: verdict.corpus.map((input) => Buffer.from(input)), figures: figures() };
    },
    (error: Error) => found(error.stack ?? error.message),
  );
  try {
    return await Promise.race([said, stuck]);
  } finally {
    clearInterval(timer);
    await worker.terminate();
  }
}
