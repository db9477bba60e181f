import type { TestContext } from 'node:test';
import { type Clock, systemClock } from '#core/clock.ts';
import { ApiClient, type Limits } from '#core/k8s/client.ts';
import { findApi } from '#core/k8s/config.ts';
import type { Snapshot } from '#core/k8s/held.ts';
import { collection, type Resource } from '#core/k8s/resource.ts';
import type { KubeObject } from '#core/k8s/resources.ts';
import { watch } from '#core/k8s/watch.ts';
import type { State } from '#core/reactive/activity.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import type { World } from '#core/world.ts';
import { FakeApiServer } from './fake-api-server.ts';
import { recordingLog } from './recording-log.ts';
import { eventually } from './within.ts';

/** What the helpers below watch: `data` of each service in one namespace. */
export const services = '/api/v1/namespaces/default/services';
export const data = (each: KubeObject): string => String((each as { data?: unknown }).data);
const all = collection('/api/v1', 'default', 'services', data);

/** A fake API server, and a world in which nothing is random and what is logged is kept. */
export async function start(t: TestContext) {
  const fake = await FakeApiServer.start(t);
  const log = recordingLog();
  const world: World = { clock: systemClock, random: () => 0, env: {}, log, metrics: new Metrics() };
  return { fake, log, world };
}

/** Observes a watch until the test ends. */
export function follow(t: TestContext, { fake, world }: Awaited<ReturnType<typeof start>>, what: Follow = {}) {
  const seen: State<Snapshot<string>>[] = [];
  const client = new ApiClient(() => findApi({ host: '127.0.0.1', port: fake.port }, {}), world.clock, what.limits);
  const handle = watch(client, what.resource ?? all, world).states.observe((state) => seen.push(state));
  t.after(() => handle.close());
  return {
    seen,
    handle,
    /** Waits until the last snapshot is this. */
    until: (expected: Readonly<Record<string, string>>, ms = 3000) =>
      eventually(
        () => {
          const last = seen.at(-1);
          if (last?.kind !== 'ok') return undefined;
          const now = Object.fromEntries([...last.value].map(([key, value]) => [key.replace('default/', ''), value]));
          return JSON.stringify(now) === JSON.stringify(expected) ? true : undefined;
        },
        `the snapshot is ${JSON.stringify(expected)}`,
        ms,
      ),
  };
}

/** A clock on which so many seconds pass in one. */
export const faster = (factor: number): Clock => ({
  ...systemClock,
  now: () => systemClock.now() * factor,
  after: (ms, fn) => systemClock.after(ms / factor, fn),
});

interface Follow {
  readonly resource?: Resource<string>;
  readonly limits?: Partial<Limits>;
}

/** Waits until so many watches are open at the server. */
export const watching = (fake: FakeApiServer, count = 1) =>
  eventually(() => (fake.watching === count ? true : undefined), `${count} watches are open`);
