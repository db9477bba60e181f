import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Launch, Site } from './contender.ts';
import { linkerFromSource } from './linker-build.ts';
import { drive } from './load.ts';
import { type Plan, siteOf } from './measure.ts';
import { startOrigin } from './origin.ts';
import { linker } from './peers/linker.ts';
import { proxyCore } from './pin.ts';
import { answering, start } from './running.ts';
import type { Scenario } from './scenarios.ts';
import { type Column, markdownTable } from './table.ts';

/** The parts of a .cpuprofile file that matter here (Chrome DevTools protocol, Profiler.Profile). */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  /** Microseconds between a sample and the one before. */
  readonly timeDeltas: readonly number[];
}

export interface SelfTime {
  readonly name: string;
  /** `sidecar/protocol/http1/head.ts:31`, or '' for what is not JavaScript. */
  readonly place: string;
  readonly microseconds: number;
  /** Of the time the process was not idle. */
  readonly share: number;
}

const root = join(import.meta.dirname, '..');

/** Self time by function after the first `skip` microseconds, most first; idle time is left out. */
export function selfTimes(profile: CpuProfile, skip = 0): readonly SelfTime[] {
  const keys = new Map<number, string>();
  for (const { id, callFrame } of profile.nodes) {
    const file = callFrame.url.replace(`file://${root}/`, '');
    const place = file === '' ? '' : `${file}:${callFrame.lineNumber + 1}`;
    keys.set(id, `${callFrame.functionName === '' ? '(anonymous)' : callFrame.functionName}\t${place}`);
  }
  const byKey = new Map<string, number>();
  let at = 0;
  for (const [i, id] of profile.samples.entries()) {
    at += profile.timeDeltas[i] ?? 0;
    if (at < skip) continue;
    const key = keys.get(id) ?? '?\t';
    // The sample taken at i stands for the time until the next one.
    byKey.set(key, (byKey.get(key) ?? 0) + (profile.timeDeltas[i + 1] ?? 0));
  }
  byKey.delete('(idle)\t');
  const total = [...byKey.values()].reduce((sum, time) => sum + time, 0);
  const rows = [...byKey].map(([key, microseconds]) => {
    const [name = '', place = ''] = key.split('\t');
    return { name, place, microseconds, share: microseconds / total };
  });
  return rows.sort((a, b) => b.microseconds - a.microseconds);
}

function columns(requests: number): readonly Column<SelfTime>[] {
  return [
    { title: 'share', cell: (row) => `${(row.share * 100).toFixed(1)} %` },
    { title: 'µs/req', cell: (row) => (row.microseconds / requests).toFixed(3) },
    { title: 'function', align: 'left', cell: (row) => row.name },
    { title: 'place', align: 'left', cell: (row) => row.place },
  ];
}

const shown = 40;

/**
 * Loads the linker with V8's sampling profiler on and prints the functions with the most self time, process by process.
 * System calls that write count for the function that makes them, those that read hide in the idle time, which is left
 * out. Figures are of a profiled process: read the shares, not the sums.
 */
export async function profile(plan: Plan, scenarios: readonly Scenario[]): Promise<void> {
  for (const scenario of scenarios) {
    const command = linkerFromSource(['--cpu-prof', '--cpu-prof-interval', '250']);
    const origin = await startOrigin(scenario.path, plan.dir);
    const site = await siteOf({ ...plan, linker: command }, `profile-${scenario.id}`, origin);
    const begin = performance.now();
    const running = start(launchOf(site, scenario), site.dir, proxyCore);
    const pids = running.pids();
    let warm = begin;
    let requests = 1;
    try {
      await answering(running, scenario.path);
      const load = { ...scenario, port: running.port, rate: 0, seconds: plan.seconds };
      await drive({ ...load, seconds: 1 }, plan.dir);
      warm = performance.now();
      requests = (await drive(load, plan.dir)).requests;
    } finally {
      await running.stop();
      await origin.stop();
    }
    for (const [i, pid] of pids.entries()) {
      const file = readdirSync(site.dir).find(
        (name) => name.endsWith('.cpuprofile') && name.split('.')[3] === String(pid),
      );
      if (file === undefined) throw new Error(`process ${pid} left no profile`);
      const recorded = JSON.parse(readFileSync(join(site.dir, file), 'utf8')) as CpuProfile;
      const times = selfTimes(recorded, (warm - begin) * 1000).slice(0, shown);
      const which = pids.length === 1 ? '' : i === 0 ? ', the far linker' : ', the near linker';
      process.stdout.write(
        `\n${scenario.title}${which}: ${requests} requests\n\n${markdownTable(columns(requests), times)}`,
      );
    }
  }
}

function launchOf(site: Site, scenario: Scenario): Launch {
  const launch = linker.paths[scenario.path];
  if (launch === undefined) throw new Error(`the linker has no way ${scenario.path}`);
  return launch(site);
}
