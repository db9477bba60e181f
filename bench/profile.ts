import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { drive } from './load.ts';
import { type Plan, siteOf } from './measure.ts';
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

/** Self time by function, most first; idle time is left out. */
export function selfTimes(profile: CpuProfile): readonly SelfTime[] {
  const keys = new Map<number, string>();
  for (const { id, callFrame } of profile.nodes) {
    const file = callFrame.url.replace(`file://${root}/`, '');
    const place = file === '' ? '' : `${file}:${callFrame.lineNumber + 1}`;
    keys.set(id, `${callFrame.functionName === '' ? '(anonymous)' : callFrame.functionName}\t${place}`);
  }
  const byKey = new Map<string, number>();
  for (const [i, id] of profile.samples.entries()) {
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
 * `(program)` is native code and the kernel. Figures are of a profiled process: read the shares, not the sums.
 */
export async function profile(plan: Plan, scenarios: readonly Scenario[]): Promise<void> {
  for (const scenario of scenarios) {
    const site = await siteOf(plan, `profile-${scenario.id}`);
    const launch = scenario.hops === 1 ? linker.oneHop(site) : linker.twoHops(site);
    const flags = ['--cpu-prof', '--cpu-prof-interval', '250', '--cpu-prof-dir', site.dir];
    const commands = launch.commands.map((command) => profiled(command, flags));
    const running = start({ ...launch, commands }, site.dir, proxyCore);
    let requests = 1;
    try {
      await answering(running);
      const load = {
        port: running.port,
        path: scenario.path,
        connections: scenario.connections,
        rate: 0,
        seconds: plan.seconds,
      };
      requests = (await drive(load, plan.dir)).requests;
    } finally {
      await running.stop();
    }
    for (const file of readdirSync(site.dir).filter((name) => name.endsWith('.cpuprofile'))) {
      const times = selfTimes(JSON.parse(readFileSync(join(site.dir, file), 'utf8')) as CpuProfile);
      process.stdout.write(
        `\n${scenario.title}: ${requests} requests\n\n${markdownTable(columns(requests), times.slice(0, shown))}`,
      );
    }
  }
}

/** `bin/heddle linker FILE` as the Node process it becomes, with `flags` given to Node. */
function profiled(command: readonly string[], flags: readonly string[]): readonly string[] {
  const [, ...words] = command;
  const node = join(root, 'node_modules/node/bin/node');
  return [node, '--disable-warning=ExperimentalWarning', ...flags, join(root, 'cli/main.ts'), ...words];
}
