import type { Launch, Site } from './contender.ts';
import { cpuOf } from './cpu.ts';
import { type Plan, siteOf } from './measure.ts';
import { median } from './median.ts';
import type { Origin } from './origin.ts';
import { proxyCore } from './pin.ts';
import { answering, start } from './running.ts';

/** Medians over several starts of one proxy for one plain hop. */
export interface FirstByte {
  readonly contender: string;
  /** From starting the process to the first byte of an answer through it; milliseconds. */
  readonly ms: number;
  /** Processor time spent until then; milliseconds. */
  readonly cpuMs: number;
}

const starts = 5;

export async function firstByte(
  plan: Plan,
  contender: string,
  launch: (site: Site) => Launch,
  origin: Origin,
): Promise<FirstByte> {
  const times: number[] = [];
  const cpus: number[] = [];
  for (let i = 0; i < starts; i++) {
    plan.progress(`start ${i + 1} of ${starts}, ${contender}`);
    const site = await siteOf(plan, `start-${contender}-${i}`, origin);
    const begin = performance.now();
    const running = start(launch(site), site.dir, proxyCore);
    try {
      await answering(running, 'h1');
      times.push(performance.now() - begin);
      const { user, system } = cpuOf(running.pids());
      cpus.push((user + system) / 1000);
    } finally {
      await running.stop();
    }
  }
  return { contender, ms: median(times), cpuMs: median(cpus) };
}
