import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { drive } from './load.ts';
import { type Plan, siteOf } from './measure.ts';
import { linkerHop } from './peers/linker.ts';
import { proxyCore } from './pin.ts';
import { answering, start } from './running.ts';
import { markdownTable } from './table.ts';

/** What one endpoint does with a request at some moment. */
export interface Behaviour {
  readonly status: number;
  readonly afterMs: number;
}

/** Endpoints of one application whose behaviour a trial decides, and how much has reached them. */
export class Endpoints {
  requests = 0;
  readonly #servers: readonly Server[];

  static async start(count: number, behaviour: (index: number) => Behaviour): Promise<Endpoints> {
    const endpoints = new Endpoints(count, behaviour);
    for (const server of endpoints.#servers) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    }
    return endpoints;
  }

  constructor(count: number, behaviour: (index: number) => Behaviour) {
    this.#servers = Array.from({ length: count }, (_, index) =>
      createServer((request, response) => {
        this.requests++;
        request.resume();
        const { status, afterMs } = behaviour(index);
        const answer = () => response.writeHead(status, { 'content-length': 2 }).end('ok');
        if (afterMs === 0) answer();
        else setTimeout(answer, afterMs);
      }),
    );
  }

  get ports(): readonly number[] {
    return this.#servers.map((server) => (server.address() as AddressInfo).port);
  }

  close(): void {
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
    }
  }
}

/** Something that goes wrong behind the linker, and what callers and origin must see of it at most. */
interface Trial {
  readonly name: string;
  /** Keys of the router under trial. */
  readonly keys: string;
  readonly endpoints: number;
  /** Seconds of load before it counts: code is compiled, every endpoint known, and a budget of retries saved up. */
  readonly warmSecs: number;
  /** Of the whole time, `elapsed` from 0 to 1. */
  behaviour(index: number, elapsed: number): Behaviour;
  /** Share of requests that must succeed. */
  readonly success: number;
  /** Requests an origin may get for each one offered, apart from the `minRetriesPerSec` of the budget. */
  readonly load: number;
}

const rate = 1000;
const well: Behaviour = { status: 200, afterMs: 0 };
/** Of the default retry budget: so many retries are allowed in any case, and what is saved up lasts so long. */
const minRetriesPerSec = 10;
const ttlSecs = 10;
const retried = 'responseClassifier: { kind: io.l5d.http.retryableRead5XX }';

/** Well for an eighth of the time, then one of eleven takes two seconds for every answer, and is well again at the end. */
const oneSlow: Trial['behaviour'] = (index, elapsed) =>
  index === 0 && elapsed > 1 / 8 && elapsed < 7 / 8 ? { status: 200, afterMs: 2000 } : well;

export const trials: readonly Trial[] = [
  {
    name: 'one slow endpoint of 11, time-out 1 s, ewma',
    keys: `  client: { loadBalancer: { kind: ewma } }
  service: { totalTimeoutMs: 1000 }
`,
    endpoints: 11,
    warmSecs: 2,
    behaviour: oneSlow,
    success: 0.999,
    load: 1.2,
  },
  {
    name: 'the same, attempts of 1 s retried',
    keys: `  client: { loadBalancer: { kind: ewma }, requestAttemptTimeoutMs: 1000 }
  service: { ${retried} }
`,
    endpoints: 11,
    warmSecs: 2,
    behaviour: oneSlow,
    success: 0.9999,
    load: 1.2,
  },
  {
    name: 'every endpoint fails, retried',
    keys: `  service: { ${retried} }
`,
    endpoints: 3,
    warmSecs: 0,
    behaviour: (_, elapsed) => (elapsed < 0 ? well : { status: 503, afterMs: 0 }),
    success: 0,
    load: 1.2,
  },
];

/** What came of a trial. */
interface Outcome {
  readonly trial: Trial;
  readonly offered: number;
  readonly failed: number;
  readonly reached: number;
  readonly seconds: number;
}

async function run(plan: Plan, trial: Trial, seconds: number): Promise<Outcome> {
  let begin = Number.POSITIVE_INFINITY;
  const elapsed = () => (performance.now() - begin) / (seconds * 1000);
  const endpoints = await Endpoints.start(trial.endpoints, (index) => trial.behaviour(index, elapsed()));
  const site = await siteOf(plan, `trial-${trials.indexOf(trial)}`, { ports: endpoints.ports, stop: async () => {} });
  const running = start(linkerHop(site, { keys: trial.keys }), site.dir, proxyCore);
  try {
    await answering(running, 'h1');
    const load = { path: 'h1', port: running.port, target: '/128', connections: 256, streams: 1, rate } as const;
    if (trial.warmSecs > 0) await drive({ ...load, seconds: trial.warmSecs }, plan.dir);
    endpoints.requests = 0;
    begin = performance.now();
    const { requests, failed } = await drive({ ...load, seconds }, plan.dir);
    // A request that got no answer has failed and is no answer: it was offered too.
    const offered = Math.max(requests, rate * seconds);
    return { trial, offered, failed, reached: endpoints.requests, seconds };
  } finally {
    await running.stop();
    endpoints.close();
  }
}

const successOf = ({ offered, failed }: Outcome) => 1 - failed / offered;
const loadOf = ({ reached, offered, seconds }: Outcome) =>
  (reached - minRetriesPerSec * Math.max(seconds, ttlSecs)) / offered;
const good = (outcome: Outcome) =>
  successOf(outcome) >= outcome.trial.success && loadOf(outcome) <= outcome.trial.load ? 'yes' : 'no';

/** Runs every trial at 1000 requests a second for `seconds`, and tells whether each stayed within its bounds. */
export async function runTrials(plan: Plan, seconds: number): Promise<string> {
  const outcomes: Outcome[] = [];
  for (const trial of trials) {
    plan.progress(trial.name);
    outcomes.push(await run(plan, trial, seconds));
  }
  return markdownTable<Outcome>(
    [
      { title: 'trial', align: 'left', cell: ({ trial }) => trial.name },
      { title: 'offered', cell: ({ offered }) => String(offered) },
      { title: 'succeeded', cell: (outcome) => `${(successOf(outcome) * 100).toFixed(3)} %` },
      { title: 'must', cell: ({ trial }) => `≥ ${trial.success * 100} %` },
      { title: 'origin load', cell: ({ reached, offered }) => (reached / offered).toFixed(3) },
      { title: 'without the minimum', cell: (outcome) => loadOf(outcome).toFixed(3) },
      { title: 'must', cell: ({ trial }) => `≤ ${trial.load}` },
      { title: 'holds', align: 'left', cell: good },
    ],
    outcomes,
  );
}
