import type { TestContext } from 'node:test';
import { systemClock } from '#core/clock.ts';
import type { Addr, Address } from '#core/naming/name.ts';
import type { Namer } from '#core/naming/namer.ts';
import { Path } from '#core/naming/path.ts';
import { Activity, ok, type State } from '#core/reactive/activity.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import type { World } from '#core/world.ts';
import { type LogLine, recordingLog } from '#test/helpers/recording-log.ts';
import { eventually } from '#test/helpers/within.ts';

/** A world with nothing but this environment, and what was logged in it. */
export function worldWith(env: World['env']): World & { readonly lines: readonly LogLine[] } {
  const log = recordingLog();
  return { clock: systemClock, random: Math.random, env, log, metrics: new Metrics(), lines: log.lines };
}

/**
 * What a name is bound to, as text: `neg`, `failed: …`, `pending`, or its addresses in order, `10.0.0.1:80 10.0.0.2:80`,
 * and `none` for a leaf without any.
 */
export class Observed {
  readonly history: string[] = [];

  constructor(t: TestContext, namer: Namer, path: string, showAddress = hostAndPort) {
    const addrs = namer.lookup(Path.read(path)).flatMap((tree): Activity<Addr> => {
      if (tree.kind !== 'leaf' || tree.value.kind !== 'bound') return Activity.value({ kind: 'neg' });
      return tree.value.addr;
    });
    const handle = addrs
      .transform((state) => ok(show(state, showAddress)))
      .states.observe((state) => {
        if (state.kind === 'ok') this.history.push(state.value);
      });
    t.after(() => handle.close());
  }

  get now(): string {
    return this.history.at(-1) ?? '';
  }

  async until(expected: string, ms = 15_000): Promise<void> {
    try {
      await eventually(() => (this.now === expected ? true : undefined), `it is ${expected}`, ms);
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : error}; it was ${this.history.join(' → ')}`);
    }
  }
}

const hostAndPort = ({ host, port }: Address): string => `${host}:${port}`;

function show(state: State<Addr>, showAddress: (address: Address) => string): string {
  if (state.kind === 'failed') return `failed: ${state.error.message}`;
  if (state.kind === 'pending') return 'pending';
  if (state.value.kind === 'neg') return 'neg';
  const all = state.value.addresses.map(showAddress).sort();
  return all.length === 0 ? 'none' : all.join(' ');
}
