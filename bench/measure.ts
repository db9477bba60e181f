import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '#test/helpers/free-port.ts';
import type { Certificates } from './certificates.ts';
import type { Contender, Launch, Site } from './contender.ts';
import { cpuOf, residentBytes } from './cpu.ts';
import { drive, type LoadResult } from './load.ts';
import { median } from './median.ts';
import { type Origin, startOrigin } from './origin.ts';
import { proxyCore } from './pin.ts';
import { answering, type Running, start } from './running.ts';
import type { Scenario } from './scenarios.ts';

export interface Plan {
  readonly dir: string;
  readonly certificates: Certificates;
  readonly linker: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
  /** No measurement at a constant rate. */
  readonly quick: boolean;
  /** Called before each measurement, for someone who watches. */
  progress(words: string): void;
}

/** Medians over the rounds; times in microseconds, memory in bytes. */
export interface Measured {
  readonly scenario: Scenario;
  readonly contender: string;
  /** Processor time of all proxy processes for one request; NaN without a proxy. */
  readonly cpu: number;
  readonly user: number;
  readonly system: number;
  readonly rounds: readonly number[];
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
  /** At a constant rate, latency from the moment a request was due. */
  readonly open: { readonly p50: number; readonly p99: number; readonly p999: number };
  readonly idleBytes: number;
  readonly loadedBytes: number;
}

interface Round {
  readonly load: LoadResult;
  readonly user: number;
  readonly system: number;
  readonly bytes: number;
}

interface Entry {
  readonly contender: Contender;
  readonly running: Running;
  readonly idleBytes: number;
  readonly rounds: Round[];
  readonly open: LoadResult[];
}

/** Requests a second of the open-loop measurement, and the connections it has to send them on. */
const openRate = 1000;
const openConnections = 16;

/** How long a proxy has been left alone when it counts as idle. */
const settleMs = 1000;

export async function siteOf(plan: Plan, name: string, origin: Origin): Promise<Site> {
  const [front = 0, back = 0, a = 0, b = 0] = await freePorts(4);
  const dir = join(plan.dir, name);
  mkdirSync(dir, { recursive: true });
  return {
    dir,
    origins: origin.ports,
    front,
    back,
    admin: [a, b],
    certificates: plan.certificates,
    linker: plan.linker,
  };
}

type Entrant = readonly [contender: Contender, launch: (site: Site) => Launch];

function entrants({ path }: Scenario, contenders: readonly Contender[]): readonly Entrant[] {
  return contenders.flatMap((contender) => {
    const launch = contender.paths[path];
    return launch === undefined ? [] : [[contender, launch] as const];
  });
}

async function enter(plan: Plan, scenario: Scenario, [contender, launch]: Entrant, origin: Origin): Promise<Entry> {
  const site = await siteOf(plan, `${scenario.id}-${contender.name}`, origin);
  const running = start(launch(site), site.dir, proxyCore);
  await answering(running, scenario.path);
  await sleep(settleMs);
  return { contender, running, idleBytes: residentBytes(running.pids()), rounds: [], open: [] };
}

async function oneRound(plan: Plan, scenario: Scenario, entry: Entry): Promise<Round> {
  const load = (seconds: number) => drive({ ...scenario, port: entry.running.port, rate: 0, seconds }, plan.dir);
  const pids = entry.running.pids();
  // Code gets compiled and connections opened before anything counts; longest before the first round.
  const warm = entry.rounds.length === 0 ? 3 : 0.5;
  await load(warm);
  const before = cpuOf(pids);
  const result = await load(plan.seconds);
  const after = cpuOf(pids);
  const perRequest = (from: number, to: number) => (to - from) / result.requests;
  return {
    load: result,
    user: perRequest(before.user, after.user),
    system: perRequest(before.system, after.system),
    bytes: residentBytes(pids),
  };
}

function openRound(plan: Plan, scenario: Scenario, { running }: Entry): Promise<LoadResult> {
  const pace = { connections: openConnections, rate: openRate, seconds: plan.seconds };
  return drive({ ...scenario, ...pace, port: running.port }, plan.dir);
}

function summary(scenario: Scenario, { contender, rounds, idleBytes, open }: Entry): Measured {
  const middle = (value: (round: Round) => number) => median(rounds.map(value));
  const openMiddle = (value: (result: LoadResult) => number) => median(open.map(value));
  const cpu = rounds.map((round) => round.user + round.system);
  const proxied = contender.name !== 'direct';
  return {
    scenario,
    contender: contender.name,
    cpu: proxied ? median(cpu) : Number.NaN,
    user: middle((round) => round.user),
    system: middle((round) => round.system),
    rounds: cpu,
    perSecond: middle((round) => round.load.perSecond),
    p50: middle((round) => round.load.p50),
    p99: middle((round) => round.load.p99),
    failed:
      rounds.reduce((sum, round) => sum + round.load.failed, 0) + open.reduce((sum, result) => sum + result.failed, 0),
    open: { p50: openMiddle((r) => r.p50), p99: openMiddle((r) => r.p99), p999: openMiddle((r) => r.p999) },
    idleBytes,
    loadedBytes: Math.max(...rounds.map((round) => round.bytes)),
  };
}

/**
 * Runs a scenario with all contenders up at once, taking turns round by round, so that a machine that drifts from
 * minute to minute drifts for all of them alike.
 */
export async function measure(
  plan: Plan,
  scenario: Scenario,
  contenders: readonly Contender[],
): Promise<readonly Measured[]> {
  const entries: Entry[] = [];
  const origin = await startOrigin(scenario.path, plan.dir);
  try {
    for (const entrant of entrants(scenario, contenders)) entries.push(await enter(plan, scenario, entrant, origin));
    for (let round = 1; round <= plan.rounds; round++) {
      for (const entry of entries) {
        plan.progress(`${scenario.id}: round ${round} of ${plan.rounds}, ${entry.contender.name}`);
        entry.rounds.push(await oneRound(plan, scenario, entry));
      }
    }
    for (let round = 1; scenario.openLoop && !plan.quick && round <= plan.rounds; round++) {
      for (const entry of entries) {
        plan.progress(
          `${scenario.id}: ${openRate} requests/s, round ${round} of ${plan.rounds}, ${entry.contender.name}`,
        );
        entry.open.push(await openRound(plan, scenario, entry));
      }
    }
    return entries.map((entry) => summary(scenario, entry));
  } finally {
    await Promise.all([...entries.map((entry) => entry.running.stop()), origin.stop()]);
  }
}
