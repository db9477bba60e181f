import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { boundAddr, boundName } from '#core/naming/name.ts';
import { leaf, union } from '#core/naming/name-tree.ts';
import type { Interpreter } from '#core/naming/namer.ts';
import { Path } from '#core/naming/path.ts';
import { Activity, ok, settable } from '#core/reactive/activity.ts';
import { flatMetrics } from '#core/telemetry/json.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import { answer, call, Desk } from '#test/helpers/exchanges.ts';
import { recordingLog } from '#test/helpers/recording-log.ts';
import { BindingCaches } from './binding-caches.ts';
import { router } from './config/router.ts';
import { propagatorKinds } from './propagators/kinds.ts';
import { Timeouts } from './router/timeouts.ts';
import { routerPath } from './router-path.ts';

const to = (id: string) => leaf(boundName(Path.read(id), Path.empty, Activity.value(boundAddr())));

/** The service `/svc/web` of a router with this `service` section; its clients are desks. */
function bench(section: object = {}) {
  const clock = new ManualClock();
  const metrics = new Metrics();
  const config = router.parse({ protocol: 'http', servers: [{ port: 0 }], service: section });
  const name = settable(ok(to('/#/a')));
  const interpreter = { bind: () => name.activity } as unknown as Interpreter;
  const desks = new Map<string, Desk>();
  const events: string[] = [];
  const caches = new BindingCaches(
    config.bindingCache,
    ({ id }) => {
      const desk = new Desk();
      desks.set(id.show, desk);
      events.push(`open ${id.show}`);
      return {
        service: { send: (x) => desk.send(x) },
        usedAt: clock.now(),
        close: () => events.push(`close ${id.show}`),
      };
    },
    { clock, metrics: metrics.scope('bindcache') },
  );
  const world = { clock, random: () => 0, env: {}, log: recordingLog(), metrics };
  const timeouts = (ms: number) => new Timeouts(ms, clock);
  const service = routerPath(Path.read('/svc/web'), [], {
    ...{ config, interpreter, world, metrics, caches, timeouts },
    speaks: 'http',
    binding: timeouts(1000),
    alarms: undefined,
    keeping: undefined,
    span: undefined,
    propagator: propagatorKinds.make({ kind: 'io.l5d.default' }, undefined),
  });
  const send = () => {
    const sent = call({ clock });
    sent.x.path = '/svc/web';
    service.send(sent.x);
    return sent;
  };
  const count = (metric: string) => flatMetrics(metrics)[metric];
  return { clock, caches, count, desks, events, name, send, service };
}

test('linkerd1: retries budget and backoff: a failure is tried again while the budget lasts', () => {
  const { count, desks, send } = bench({
    responseClassifier: { kind: 'io.l5d.http.retryableRead5XX' },
    retries: { budget: { minRetriesPerSec: 1, percentCanRetry: 0, ttlSecs: 2 } },
  });
  const { caller } = send();
  for (let i = 0; i < 3; i++) answer(desks.get('/#/a')?.last ?? call().x, 500);
  assert.deepEqual(caller.ends, [500]);
  assert.deepEqual(
    ['total', 'budget_exhausted', 'budget'].map((name) => count(`service/svc/web/retries/${name}`)),
    [2, 1, 0],
  );
});

test('linkerd1: retries budget and backoff: with every endpoint failing, load stays within the budget', () => {
  const { clock, count, desks, send } = bench({ responseClassifier: { kind: 'io.l5d.http.retryableRead5XX' } });
  const offered = 2000;
  for (let i = 0; i < offered; i++) {
    const { caller } = send();
    while (caller.ends.length === 0) answer(desks.get('/#/a')?.last ?? call().x, 503);
    clock.advance(1);
  }
  const retries = count('service/svc/web/retries/total') ?? 0;
  assert.ok(retries <= 0.2 * offered + 100, `${retries} retries of ${offered} requests`);
  assert.equal(count('service/svc/web/requests'), offered);
  assert.equal(count('service/svc/web/failures'), offered);
});

test('an impossible budget fails every request, and says why', () => {
  const { send } = bench({ retries: { budget: { ttlSecs: 100 } } });
  const { x, caller } = send();
  assert.deepEqual(caller.ends, ['badName']);
  assert.match(x.error?.message ?? '', /TTL must be between/);
});

test('a name that is bound elsewhere and back finds its client as it was', () => {
  const { clock, caches, count, events, name, send, service } = bench();
  send();
  name.set(ok(union({ weight: 1, tree: to('/#/b') }, { weight: 1, tree: to('/#/c') })));
  name.set(ok(to('/#/a')));
  assert.deepEqual(events, ['open /#/a', 'open /#/b', 'open /#/c']);
  assert.deepEqual(
    ['tree', 'bound', 'client'].map((cache) => count(`bindcache/${cache}/misses`)),
    [2, 3, 3],
  );
  service.close();
  clock.advance(2_000_000);
  assert.deepEqual(events.filter((e) => e.startsWith('close')).sort(), ['close /#/a', 'close /#/b', 'close /#/c']);
  caches.close();
});
