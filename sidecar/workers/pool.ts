import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { type Closable, nothingToClose } from '#core/closable.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import { absorb, snapshotOf } from '#core/telemetry/snapshot.ts';
import type { World } from '#core/world.ts';
import { mergedClients, mergedTables, perThread } from './merge.ts';
import type { FromWorker, ToWorker, WorkerState, WorkerTask } from './messages.ts';

/** Milliseconds a thread is given to say what it has counted; a busy or hanging one shows what it showed before. */
const ANSWER_MS = 1000;
/** Milliseconds before a thread that ended is replaced, at first and at most; one that lived so long begins anew. */
const FIRST_MS = 100;
const MOST_MS = 30_000;

/** One place of the pool, and whoever fills it now. */
interface Place {
  readonly index: number;
  worker: Worker;
  last: WorkerState | undefined;
  startedAt: number;
  failures: number;
  alive: boolean;
}

/** The data-path threads of a linker. One that ends is logged and replaced, and the others do not notice. */
export class WorkerPool implements Closable {
  readonly #task: WorkerTask;
  readonly #world: World;
  readonly #entry: string | URL;
  readonly #places: Place[] = [];
  readonly #asked = new Map<number, (state: WorkerState) => void>();
  /** What threads counted that are no more: nothing that was shown is ever taken back. */
  readonly #retired = new Metrics();
  readonly #drained = new Map<Place, (clean: boolean) => void>();
  #again: Closable = nothingToClose;
  #next = 0;
  #closed = false;

  constructor(task: WorkerTask, world: World, entry: string | URL = workerEntry()) {
    this.#task = task;
    this.#world = world;
    this.#entry = entry;
  }

  /** Resolves when all threads listen; rejects, with none left, when one cannot. */
  async start(count: number): Promise<void> {
    try {
      // The first alone: if it cannot start, no other one can.
      await this.#fill(0);
      await Promise.all(Array.from({ length: count - 1 }, (_, i) => this.#fill(i + 1)));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get threads(): readonly Worker[] {
    return this.#places.map(({ worker }) => worker);
  }

  /** Puts what all threads have counted into `shown`, in place of what is there; gives what any of them knows. */
  async read(shown: Metrics, own: Metrics): Promise<Omit<WorkerState, 'metrics'>> {
    await Promise.all(this.#places.filter(({ alive }) => alive).map((place) => this.#ask(place)));
    shown.children.clear();
    for (const tree of [own, this.#retired]) absorb(shown, snapshotOf(tree), perThread);
    const states = this.#places.flatMap(({ last }) => last ?? []);
    for (const { metrics } of states) absorb(shown, metrics, perThread);
    return {
      clients: mergedClients(states.map(({ clients }) => clients)),
      namers: mergedClients(states.map(({ namers }) => namers)),
      tables: mergedTables(states.map(({ tables }) => tables)),
    };
  }

  setLevel(level: string): void {
    for (const { worker } of this.#places) post(worker, { kind: 'level', level });
  }

  /** True when everything in flight on every thread ended in time. */
  async drain(graceMs: number): Promise<boolean> {
    this.#closed = true;
    this.#again.close();
    const done = await Promise.all(
      this.#places.map(
        (place) =>
          new Promise<boolean>((resolve) => {
            this.#drained.set(place, resolve);
            if (!place.alive) resolve(true);
            post(place.worker, { kind: 'drain', graceMs });
          }),
      ),
    );
    this.close();
    return done.every((clean) => clean);
  }

  close(): void {
    this.#closed = true;
    this.#again.close();
    for (const { worker } of this.#places) void worker.terminate();
  }

  #fill(index: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(this.#entry, { workerData: this.#task, name: `worker ${index}` });
      const before = this.#places[index];
      const place: Place = before ?? { index, worker, last: undefined, startedAt: 0, failures: 0, alive: true };
      place.worker = worker;
      place.alive = true;
      place.startedAt = this.#world.clock.now();
      this.#places[index] = place;
      let why = 'the thread ended';
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'listening') resolve();
        else if (message.kind === 'failed') {
          why = message.why;
          place.last = message.state ?? place.last;
        } else {
          place.last = message.state;
          if (message.kind === 'state') this.#asked.get(message.id)?.(message.state);
          else this.#drained.get(place)?.(message.clean);
        }
      });
      worker.on('error', (error) => {
        why = error instanceof Error ? error.message : String(error);
      });
      worker.once('exit', () => {
        reject(new Error(why));
        this.#ended(place, why);
      });
    });
  }

  #ended(place: Place, why: string): void {
    if (place.last !== undefined) absorb(this.#retired, place.last.metrics);
    place.last = undefined;
    place.alive = false;
    this.#drained.get(place)?.(false);
    if (this.#closed) return;
    const { clock, log } = this.#world;
    place.failures = clock.now() - place.startedAt > MOST_MS ? 1 : place.failures + 1;
    const waitMs = Math.min(MOST_MS, FIRST_MS * 2 ** (place.failures - 1));
    log.error({ worker: place.index, err: why, waitMs }, 'worker ended; it is replaced');
    const timer = setTimeout(() => {
      if (this.#closed) return;
      this.#fill(place.index).then(
        () => log.info({ worker: place.index }, 'worker replaced'),
        () => {}, // it has ended as well, and been told
      );
    }, waitMs);
    const before = this.#again;
    this.#again = {
      close() {
        before.close();
        clearTimeout(timer);
      },
    };
  }

  #ask(place: Place): Promise<void> {
    const id = this.#next++;
    return new Promise((resolve) => {
      const timer = this.#world.clock.after(ANSWER_MS, () => answered());
      const answered = (): void => {
        timer.close();
        this.#asked.delete(id);
        resolve();
      };
      this.#asked.set(id, answered);
      post(place.worker, { kind: 'ask', id });
    });
  }
}

function post(worker: Worker, message: ToWorker): void {
  worker.postMessage(message);
}

/** Beside this file in the source; a file of its own beside the bundle. */
function workerEntry(): URL {
  const bundled = new URL('./worker.cjs', import.meta.url);
  return existsSync(bundled) ? bundled : new URL('./worker.ts', import.meta.url);
}
