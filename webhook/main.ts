import { systemClock } from '#core/clock.ts';
import { processLog } from '#core/telemetry/log.ts';
import { startInjector } from './assemble.ts';
import { injectorOptions } from './config.ts';
import { readOptions } from './mesh-options.ts';

/** `heddle injector`: serves until SIGTERM or SIGINT, then drains. Rejects where it cannot start. */
export async function runInjector(given: unknown, version: string): Promise<void> {
  const options = readOptions(injectorOptions, given);
  const log = processLog('injector', options.logLevel);
  // Timers alone keep no process alive, and while the cluster is being asked there may be nothing else.
  const alive = setInterval(() => {}, 1 << 30);
  try {
    const told = new Promise<void>((stop) => {
      process.once('SIGTERM', () => stop());
      process.once('SIGINT', () => stop());
    });
    const injector = await startInjector(options, version, {
      clock: systemClock,
      random: Math.random,
      env: process.env,
      log,
    });
    await told;
    await injector.drain();
  } finally {
    clearInterval(alive);
  }
}
