import { systemClock } from '#core/clock.ts';
import { utilityNamers } from '#core/namers/utility/utilities.ts';
import { emptyDtab } from '#core/naming/dtab.ts';
import { configuredInterpreter } from '#core/naming/interpreter.ts';
import { flatMetrics } from '#core/telemetry/json.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import type { World } from '#core/world.ts';
import { router } from '#sidecar/config/router.ts';
import { HttpRouter } from '#sidecar/http-router.ts';
import { exchange } from './raw-client.ts';
import { recordingLog } from './recording-log.ts';
import { ScriptedOrigin } from './scripted-origin.ts';

/** A router of this process on a port of its own; `dtab` may say ORIGIN for the address of an origin. */
export async function routerBed(options: {
  readonly dtab: string;
  readonly more?: object;
  readonly script?: ScriptedOrigin['script'];
  readonly world?: Partial<World>;
}) {
  const origin = await ScriptedOrigin.start(options.script);
  const metrics = new Metrics();
  const log = recordingLog();
  const world: World = { clock: systemClock, random: Math.random, env: {}, log, metrics, ...options.world };
  const config = router.parse({
    protocol: 'http',
    dtab: options.dtab.replaceAll('ORIGIN', `/$/inet/127.0.0.1/${origin.port}`),
    servers: [{ port: 0 }],
    ...options.more,
  });
  const made = new HttpRouter(config, configuredInterpreter(emptyDtab, [], utilityNamers(world)), world);
  await made.listen();
  const port = made.ports[0] ?? 0;
  const get = (host: string, lines = '') => exchange(port, `GET / HTTP/1.1\r\nHost: ${host}\r\n${lines}\r\n`);
  /** A counter or gauge below `rt/http`. */
  const count = (name: string) => flatMetrics(metrics)[`rt/http/${name}`];
  return {
    ...{ origin, port, get, count, log, router: made },
    async [Symbol.asyncDispose]() {
      made.close();
      await origin.close();
    },
  };
}
