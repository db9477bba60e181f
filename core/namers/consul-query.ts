import { type Closable, nothingToClose } from '../closable.ts';
import { getJson, type JsonRequest } from '../http/get-json.ts';
import { ok, type State } from '../reactive/activity.ts';
import type { World } from '../world.ts';

/** Where a Consul agent is, and what to say to be let in. */
export interface ConsulAgent {
  readonly host: string;
  readonly port: number;
  readonly token?: string | undefined;
  /** See {@link JsonRequest}. */
  readonly tls?: JsonRequest['tls'];
}

/** What to ask: a path such as `/v1/catalog/service/web`, its parameters, and how to read what is answered. */
export interface ConsulQuery<T> {
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Throws on what no agent says. */
  readonly read: (body: unknown) => T;
}

/** Agents hold a question for 5 minutes and a bit; one that is silent for longer is gone. */
const patienceMs = 10 * 60_000;
/** Between two questions: an index that races makes ten a second, not thousands. */
const leastMs = 100;
/** Before asking again for what has no index, and so cannot be waited for. */
const unindexedMs = 10_000;
/** After a failure: 50 to 100 ms, the range doubling with every failure in a row. */
const backoff = { baseMs: 100, capMs: 5000 };

/**
 * Asks an agent for something for ever, each time waiting for an answer newer than the one before ("blocking queries").
 *
 * Pending until there is an answer; undefined if the first attempt fails, so that nobody waits for an agent that is not
 * there. Once there was an answer, it stays good through every failure.
 */
export function followConsul<T>(
  agent: ConsulAgent,
  query: ConsulQuery<T>,
  world: World,
  set: (state: State<T | undefined>) => void,
): Closable {
  return new Follower(agent, query, world, set);
}

class Follower<T> implements Closable {
  readonly #agent: ConsulAgent;
  readonly #query: ConsulQuery<T>;
  readonly #world: World;
  readonly #set: (state: State<T | undefined>) => void;
  /** The index of the last answer; undefined: the next question is answered at once. */
  #index: number | undefined;
  #known = false;
  #failures = 0;
  /** The question that is open, or the wait until the next. */
  #current: Closable = nothingToClose;

  constructor(agent: ConsulAgent, query: ConsulQuery<T>, world: World, set: (state: State<T | undefined>) => void) {
    this.#agent = agent;
    this.#query = query;
    this.#world = world;
    this.#set = set;
    this.#ask();
  }

  close(): void {
    this.#current.close();
  }

  #ask(): void {
    this.#count('queries');
    const { host, port, token, tls } = this.#agent;
    const index: Record<string, string> = this.#index === undefined ? {} : { index: String(this.#index) };
    const parameters = new URLSearchParams({ ...this.#query.parameters, ...index }).toString();
    const path = parameters === '' ? this.#query.path : `${this.#query.path}?${parameters}`;
    const headers: Record<string, string> = token === undefined ? {} : { 'x-consul-token': token };
    const askedAt = this.#world.clock.now();
    this.#current = getJson({ host, port, path, headers, timeoutMs: patienceMs, tls }, this.#world.clock, (answer) => {
      if (answer.kind === 'failed') return this.#failed(answer.message);
      try {
        const value = this.#query.read(answer.body);
        this.#answered(value, indexIn(answer.headers['x-consul-index']), this.#world.clock.now() - askedAt);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        this.#failed(`not understood: ${message.slice(0, 200)}`);
      }
    });
  }

  #answered(value: T, index: number | undefined, tookMs: number): void {
    // An index that goes backwards is of another history, say of a restored server: waiting for it would miss changes.
    const reset = index !== undefined && this.#index !== undefined && index < this.#index;
    this.#index = reset ? undefined : index;
    this.#known = true;
    this.#failures = 0;
    this.#askAfter(index === undefined ? unindexedMs : Math.max(0, leastMs - tookMs));
    this.#set(ok(value));
  }

  #failed(message: string): void {
    this.#count('failures');
    this.#index = undefined; // whoever answers next may have another history
    this.#failures += 1;
    const range = Math.min(backoff.capMs, backoff.baseMs * 2 ** (this.#failures - 1));
    const waitMs = range * (0.5 + this.#world.random() / 2);
    this.#tell(message, waitMs);
    this.#askAfter(waitMs);
    if (!this.#known) this.#set(ok(undefined));
  }

  #askAfter(waitMs: number): void {
    this.#current = this.#world.clock.after(waitMs, () => this.#ask());
  }

  /** Loud for the 1st, 2nd, 4th, 8th … failure in a row: an agent that is away for an hour makes a dozen lines. */
  #tell(message: string, waitMs: number): void {
    const fields = { path: this.#query.path, message, failures: this.#failures, waitMs: Math.round(waitMs) };
    const loud = (this.#failures & (this.#failures - 1)) === 0;
    this.#world.log[loud ? 'warn' : 'debug'](fields, 'query of Consul failed');
  }

  #count(name: string): void {
    this.#world.metrics.counter('consul', name).add();
  }
}

/** Zero, and what is no number, would not be waited for. */
function indexIn(header: string | readonly string[] | undefined): number | undefined {
  const index = Number(header);
  return index > 0 ? index : undefined;
}
