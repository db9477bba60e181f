import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Clock, systemClock } from '#core/clock.ts';
import type { State } from '#core/reactive/activity.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import type { World } from '#core/world.ts';
import { FakeApiServer } from '#test/helpers/fake-api-server.ts';
import { recordingLog } from '#test/helpers/recording-log.ts';
import { eventually } from '#test/helpers/within.ts';
import { ApiClient, type Limits } from './client.ts';
import { findApi } from './config.ts';
import type { Snapshot } from './held.ts';
import { collection, object, type Resource } from './resource.ts';
import type { KubeObject } from './resources.ts';
import { RefusedError, watch } from './watch.ts';

const services = '/api/v1/namespaces/default/services';
const data = (each: KubeObject): string => String((each as { data?: unknown }).data);
const all = collection('/api/v1', 'default', 'services', data);

async function start(t: TestContext) {
  const fake = await FakeApiServer.start(t);
  const log = recordingLog();
  const world: World = { clock: systemClock, random: () => 0, env: {}, log, metrics: new Metrics() };
  return { fake, log, world };
}

/** Observes a watch until the test ends. */
function follow(t: TestContext, { fake, world }: Awaited<ReturnType<typeof start>>, what: Follow = {}) {
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
const faster = (factor: number): Clock => ({
  ...systemClock,
  now: () => systemClock.now() * factor,
  after: (ms, fn) => systemClock.after(ms / factor, fn),
});

interface Follow {
  readonly resource?: Resource<string>;
  readonly limits?: Partial<Limits>;
}

const watching = (fake: FakeApiServer, count = 1) =>
  eventually(() => (fake.watching === count ? true : undefined), `${count} watches are open`);

test('a collection is listed, then followed through additions, changes and removals', async (t) => {
  const at = await start(t);
  at.fake.put(`${services}/a`, { data: 1 });
  const { until, seen } = follow(t, at);
  assert.deepEqual(seen, [{ kind: 'pending' }]);
  await until({ a: '1' });
  await watching(at.fake);
  at.fake.put(`${services}/b`, { data: 2 });
  await until({ a: '1', b: '2' });
  at.fake.put(`${services}/a`, { data: 3 });
  await until({ a: '3', b: '2' });
  at.fake.delete(`${services}/a`);
  await until({ b: '2' });
});

test('an object that is not there yet is an empty snapshot, then appears', async (t) => {
  const at = await start(t);
  const { until } = follow(t, at, { resource: object('/api/v1', 'default', 'services', 'late', data) });
  await until({});
  await watching(at.fake);
  at.fake.put(`${services}/other`, { data: 0 });
  at.fake.put(`${services}/late`, { data: 1 });
  await until({ late: '1' });
  at.fake.delete(`${services}/late`);
  await until({});
});

test('a long list is read page by page', async (t) => {
  const at = await start(t);
  at.fake.pageLimit = 2;
  for (const name of ['a', 'b', 'c', 'd', 'e']) at.fake.put(`${services}/${name}`, { data: name });
  const { until, seen } = follow(t, at);
  await until({ a: 'a', b: 'b', c: 'c', d: 'd', e: 'e' });
  assert.equal(seen.length, 2, 'pending, then all of it at once');
  assert.equal(at.fake.lists(services), 3);
});

for (const how of ['closed', 'reset'] as const) {
  test(`a watch that is ${how} is opened again where it was, without a new list and without missing anything`, async (t) => {
    const at = await start(t);
    at.fake.put(`${services}/a`, { data: 1 });
    const { until, seen } = follow(t, at);
    await until({ a: '1' });
    for (const value of [2, 3, 4]) {
      await watching(at.fake);
      at.fake.end(how);
      at.fake.put(`${services}/a`, { data: value });
      await until({ a: String(value) });
    }
    assert.equal(at.fake.lists(services), 1);
    assert.ok(
      seen.slice(1).every((state) => state.kind === 'ok'),
      'it stays ok',
    );
  });
}

test('410, as an event or as the answer, leads to a new list', async (t) => {
  const at = await start(t);
  at.fake.put(`${services}/a`, { data: 1 });
  const { until, seen } = follow(t, at);
  await until({ a: '1' });
  await watching(at.fake);
  at.fake.end('gone');
  at.fake.put(`${services}/a`, { data: 2 });
  await until({ a: '2' });
  assert.equal(at.fake.lists(services), 2);

  await watching(at.fake);
  at.fake.end('reset');
  at.fake.put(`${services}/b`, { data: 3 });
  at.fake.delete(`${services}/a`);
  at.fake.compact();
  await until({ b: '3' });
  assert.equal(at.fake.lists(services), 3);
  assert.ok(seen.slice(1).every((state) => state.kind === 'ok'));
});

test('a bookmark moves the version on, so that what is forgotten up to it needs no new list', async (t) => {
  const at = await start(t);
  at.fake.put(`${services}/a`, { data: 1 });
  const { until } = follow(t, at);
  await until({ a: '1' });
  await watching(at.fake);
  at.fake.put('/api/v1/namespaces/other/services/x', { data: 0 });
  at.fake.bookmark();
  at.fake.compact();
  at.fake.put(`${services}/b`, { data: 2 });
  await until({ a: '1', b: '2' });
  at.fake.end('closed');
  at.fake.put(`${services}/c`, { data: 3 });
  await until({ a: '1', b: '2', c: '3' });
  assert.equal(at.fake.lists(services), 1);
});

test('a server that answers 500 is asked again, ever less often, and what was known stays', async (t) => {
  const at = await start(t);
  at.fake.put(`${services}/a`, { data: 1 });
  const { until, seen } = follow(t, at);
  await until({ a: '1' });
  await watching(at.fake);
  at.fake.refusing.set(services, 500);
  at.fake.end('closed');
  await eventually(() => (at.fake.watches(services) >= 4 ? true : undefined), 'it has been asked four times');
  assert.ok(seen.slice(1).every((state) => state.kind === 'ok'));
  const warnings = at.log.lines.filter((line) => line.level === 'warn');
  assert.ok(warnings.length > 0 && warnings.length < at.fake.watches(services), 'it says so, and not every time');
  at.fake.refusing.clear();
  at.fake.put(`${services}/a`, { data: 2 });
  await until({ a: '2' });
});

test('a watch that cannot be had for long is begun with a list again', async (t) => {
  const at = await start(t);
  const { until } = follow(t, { ...at, world: { ...at.world, clock: faster(20) } });
  await until({});
  await watching(at.fake);
  at.fake.refusing.set(services, 503);
  at.fake.end('reset');
  await eventually(() => (at.fake.lists(services) > 1 ? true : undefined), 'it lists');
  assert.equal(at.fake.watches(services), 6);
});

test('whoever may not list is told so, and is heard once he may', async (t) => {
  const at = await start(t);
  at.fake.put(`${services}/a`, { data: 1 });
  at.fake.refusing.set(services, 403);
  const { until, seen } = follow(t, at);
  const failed = await eventually(() => seen.find((state) => state.kind === 'failed'), 'it fails');
  assert.ok(failed.error instanceof RefusedError);
  assert.equal(failed.error.status, 403);
  assert.equal(failed.error.message, `Kubernetes API answered 403 to ${services}: refused`);
  at.fake.refusing.clear();
  await until({ a: '1' });
});

test('rights that are lost later change nothing of what is known', async (t) => {
  const at = await start(t);
  at.fake.put(`${services}/a`, { data: 1 });
  const { until, seen } = follow(t, at);
  await until({ a: '1' });
  await watching(at.fake);
  at.fake.refusing.set(services, 403);
  at.fake.end('gone');
  await eventually(() => (at.fake.lists(services) >= 3 ? true : undefined), 'it keeps asking');
  assert.ok(seen.slice(1).every((state) => state.kind === 'ok'));
});

test('no server at all leaves it pending, until there is one', async (t) => {
  const at = await start(t);
  const port = at.fake.port;
  at.fake.port = 1;
  at.fake.put(`${services}/a`, { data: 1 });
  const { seen, until } = follow(t, at);
  await eventually(() => (at.log.lines.some((l) => l.level === 'warn') ? true : undefined), 'it says so');
  assert.deepEqual(seen, [{ kind: 'pending' }]);
  at.fake.port = port;
  await until({ a: '1' });
});

test('a line that is no event is reported and leads to a new list', async (t) => {
  const at = await start(t);
  at.fake.put(`${services}/a`, { data: 1 });
  const { until } = follow(t, at);
  await until({ a: '1' });
  for (const garbage of ['<html>502 Bad Gateway</html>\n', '{"type":"ADDED"}\n', 'null\n']) {
    await watching(at.fake);
    const before = at.fake.lists(services);
    at.fake.say(garbage);
    await eventually(() => (at.fake.lists(services) > before ? true : undefined), `it lists after ${garbage}`);
  }
  const said = at.log.lines.filter((l) => l.level === 'warn').map((l) => JSON.stringify(l.fields));
  assert.ok(
    said.some((text) => text.includes('not a watch event: <html>502 Bad Gateway')),
    said.join('\n'),
  );
});

test('half a line at the end of a watch is not taken for an event', async (t) => {
  const at = await start(t);
  at.fake.put(`${services}/a`, { data: 1 });
  const { until } = follow(t, at);
  await until({ a: '1' });
  await watching(at.fake);
  at.fake.mute = true;
  at.fake.put(`${services}/a`, { data: 22 });
  at.fake.say('{"type":"MODIFIED","object":{"metadata":{"na');
  at.fake.mute = false;
  at.fake.end('closed');
  await until({ a: '22' });
  assert.equal(at.fake.lists(services), 1);
});

test('an event in pieces is put together, and events that come together make one snapshot', async (t) => {
  const at = await start(t);
  const { until, seen } = follow(t, at);
  await until({});
  await watching(at.fake);
  const event = (name: string, version: number): string =>
    `${JSON.stringify({ type: 'ADDED', object: { metadata: { name, resourceVersion: String(version) }, data: 'ä€😀' } })}\n`;
  const bytes = Buffer.from(event('pieces', 900));
  const middle = bytes.indexOf(Buffer.from('😀')) + 2;
  at.fake.say(bytes.subarray(0, middle));
  await new Promise((done) => setTimeout(done, 20));
  assert.equal(seen.length, 2);
  at.fake.say(bytes.subarray(middle));
  await eventually(() => (seen.length === 3 ? true : undefined), 'the event is there');
  at.fake.say(event('b', 901) + event('c', 902) + event('d', 903));
  await eventually(() => {
    const last = seen.at(-1);
    return last?.kind === 'ok' && last.value.size === 4 ? true : undefined;
  }, 'all events are there');
  const last = seen.at(-1);
  assert.ok(last?.kind === 'ok' && [...last.value.values()].every((value) => value === 'ä€😀'));
  assert.equal(seen.length, 4);
});

test('an event that is older than what is known is ignored', async (t) => {
  const at = await start(t);
  at.fake.put(`${services}/a`, { data: 'new' });
  const { until } = follow(t, at);
  await until({ a: 'new' });
  await watching(at.fake);
  const old = { metadata: { name: 'a', namespace: 'default', resourceVersion: '99' }, data: 'old' };
  at.fake.say(`${JSON.stringify({ type: 'MODIFIED', object: old })}\n`);
  at.fake.say(`${JSON.stringify({ type: 'DELETED', object: old })}\n`);
  at.fake.put(`${services}/b`, { data: 1 });
  await until({ a: 'new', b: '1' });
  at.fake.end('closed');
  at.fake.put(`${services}/c`, { data: 1 });
  await until({ a: 'new', b: '1', c: '1' });
  assert.ok(!at.fake.requests.some((r) => r.includes('resourceVersion=99')), 'nor does it turn the version back');
});

test('a change in nothing that is read makes no snapshot', async (t) => {
  const at = await start(t);
  at.fake.put(`${services}/a`, { data: 1 });
  const { until, seen } = follow(t, at);
  await until({ a: '1' });
  await watching(at.fake);
  at.fake.put(`${services}/a`, { data: 1, metadata: { annotations: { lease: 'renewed' } } });
  at.fake.put(`${services}/b`, { data: 1 });
  await until({ a: '1', b: '1' });
  assert.equal(seen.length, 3);
});

test('an object that cannot be read is reported and does no harm to others', async (t) => {
  const at = await start(t);
  const picky = collection('/api/v1', 'default', 'services', (each) => {
    if (data(each) === 'bad') throw new Error('cannot read this');
    return data(each);
  });
  at.fake.put(`${services}/a`, { data: 1 });
  at.fake.put(`${services}/b`, { data: 'bad' });
  const { until } = follow(t, at, { resource: picky });
  await until({ a: '1' });
  await watching(at.fake);
  at.fake.put(`${services}/c`, { data: 'bad' });
  at.fake.put(`${services}/d`, { data: 2 });
  await until({ a: '1', d: '2' });
  assert.equal(at.log.lines.filter((l) => l.level === 'error').length, 2);
});

test('an event without end is cut off', async (t) => {
  const at = await start(t);
  const { until } = follow(t, at, { limits: { line: 100_000 } });
  await until({});
  await watching(at.fake);
  at.fake.say('{"type":"ADDED","object":{"x":"');
  const stop = setInterval(() => at.fake.say('x'.repeat(10_000)), 1);
  t.after(() => clearInterval(stop));
  await eventually(() => (at.fake.lists(services) > 1 ? true : undefined), 'it lists again');
  clearInterval(stop);
});

test('a list without end is cut off, and one that never comes is given up', async (t) => {
  const at = await start(t);
  for (let i = 0; i < 20; i += 1) at.fake.put(`${services}/s${i}`, { data: 'x'.repeat(1000) });
  const cut = follow(t, at, { limits: { answer: 5_000 } });
  await eventually(() => (at.fake.lists(services) > 2 ? true : undefined), 'it tries again');
  assert.deepEqual(cut.seen, [{ kind: 'pending' }]);
  cut.handle.close();

  at.fake.listDelayMs = 60_000;
  const before = at.fake.lists(services);
  const slow = follow(t, at, { limits: { patienceMs: 30 } });
  await eventually(() => (at.fake.lists(services) > before + 1 ? true : undefined), 'it gives up and asks again');
  at.fake.listDelayMs = 0;
  await eventually(() => (slow.seen.at(-1)?.kind === 'ok' ? true : undefined), 'it gets the list');
});

test('silence past the time at which a watch should have ended is a break', async (t) => {
  const at = await start(t);
  at.fake.put(`${services}/a`, { data: 1 });
  const { until } = follow(t, { ...at, world: { ...at.world, clock: faster(500) } });
  await until({ a: '1' });
  await watching(at.fake);
  at.fake.mute = true;
  at.fake.put(`${services}/a`, { data: 2 });
  await until({ a: '2' });
  assert.ok(at.log.lines.some((l) => JSON.stringify(l.fields).includes('"cause":"silent"')));
});

test('closing ends the watch, its request and its retries', async (t) => {
  const at = await start(t);
  const { until, handle } = follow(t, at);
  await until({});
  await watching(at.fake);
  handle.close();
  await watching(at.fake, 0);

  at.fake.refusing.set(services, 500);
  const second = follow(t, at);
  await eventually(() => (at.fake.lists(services) >= 2 ? true : undefined), 'it tries');
  second.handle.close();
  const asked = at.fake.requests.length;
  await new Promise((done) => setTimeout(done, 300));
  assert.equal(at.fake.requests.length, asked);
});
