import { type Clock, ManualClock } from '#core/clock.ts';
import { telemeterKinds } from '#core/telemeters/kinds.ts';
import type { Telemeter } from '#core/telemeters/telemeter.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import { recordingLog } from './recording-log.ts';

/** A telemeter of a process of its own, by its section of the configuration; closed when the test ends. */
export function telemeter(t: { after(fn: () => void): void }, section: object, clock: Clock = new ManualClock()) {
  const metrics = new Metrics();
  const log = recordingLog();
  const world = { clock, random: Math.random, env: {}, log, metrics };
  const made: Telemeter = telemeterKinds.make(telemeterKinds.schema.parse(section), world);
  t.after(() => made.close());
  const [route] = made.routes;
  /** What its route answers. */
  const get = async () =>
    route?.handle({
      method: 'GET',
      path: route.path,
      query: new URLSearchParams(),
      headers: { host: 'me:9990' },
      text: async () => '',
    });
  return { made, metrics, log, route, get };
}
