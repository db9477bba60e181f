import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import * as fc from 'fast-check';
import { type Clock, systemClock } from '#core/clock.ts';
import type { State } from '#core/reactive/activity.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import type { World } from '#core/world.ts';
import { type ConsulMood, FakeConsul } from '#test/helpers/fake-consul.ts';
import { recordingLog } from '#test/helpers/recording-log.ts';
import { eventually } from '#test/helpers/within.ts';
import { readCatalog } from './consul-answers.ts';
import { followConsul } from './consul-query.ts';

/** A clock on which so many seconds pass in one. */
const faster = (factor: number): Clock => ({
  ...systemClock,
  now: () => systemClock.now() * factor,
  after: (ms, fn) => systemClock.after(ms / factor, fn),
});

/** Follows the ports of the service web; `quick` times faster than the world. */
function follow(t: TestContext, fake: FakeConsul, quick = 20) {
  const log = recordingLog();
  const metrics = new Metrics();
  const world: World = { clock: faster(quick), random: () => 0.5, env: {}, log, metrics };
  const seen: State<readonly number[] | undefined>[] = [];
  const read = (body: unknown) => readCatalog(body).map((each) => each.port);
  const query = { path: '/v1/catalog/service/web', parameters: { dc: 'dc1' }, read };
  const handle = followConsul({ host: '127.0.0.1', port: fake.port }, query, world, (state) => seen.push(state));
  t.after(() => handle.close());
  return {
    seen,
    handle,
    log,
    metrics,
    until: (...ports: readonly number[]) =>
      eventually(() => {
        const last = seen.at(-1);
        return last?.kind === 'ok' && last.value?.join() === ports.join() ? true : undefined;
      }, `the ports are ${ports}`),
  };
}

const put = (fake: FakeConsul, ...ports: readonly number[]): void =>
  fake.put('dc1', 'web', ...ports.map((port) => ({ address: '10.0.0.1', port })));
const holding = (fake: FakeConsul) => eventually(() => (fake.held > 0 ? true : undefined), 'a question is held');
const asked = (fake: FakeConsul, count: number) =>
  eventually(() => (fake.requests.length >= count ? true : undefined), `${count} questions were asked`);

test('the first question is answered at once, the next wait for news of the index before', async (t) => {
  const fake = await FakeConsul.start(t);
  put(fake, 1);
  const followed = follow(t, fake);
  await followed.until(1);
  await holding(fake);
  put(fake, 1, 2);
  await followed.until(1, 2);
  await holding(fake);
  const path = '/v1/catalog/service/web?dc=dc1';
  assert.deepEqual(fake.requests, [path, `${path}&index=11`, `${path}&index=12`]);
  assert.equal(followed.metrics.counter('consul', 'queries').value, 3);
});

test('it is pending while the first question hangs', async (t) => {
  const fake = await FakeConsul.start(t);
  put(fake, 1);
  fake.become('hang');
  const followed = follow(t, fake);
  await holding(fake);
  assert.deepEqual(followed.seen, []);
  fake.become('answer');
  await followed.until(1);
});

for (const mood of [500, 403, 'reset', 'half', 'nonsense'] satisfies readonly ConsulMood[]) {
  test(`a first question that fails (${mood}) gives undefined, and is asked again`, async (t) => {
    const fake = await FakeConsul.start(t);
    put(fake, 1);
    fake.become(mood);
    const followed = follow(t, fake);
    await asked(fake, 3);
    assert.deepEqual(followed.seen[0], { kind: 'ok', value: undefined });
    fake.become('answer');
    await followed.until(1);
  });

  test(`a later failure (${mood}) keeps what is known, and what comes after starts anew`, async (t) => {
    const fake = await FakeConsul.start(t);
    put(fake, 1);
    const followed = follow(t, fake);
    await followed.until(1);
    await holding(fake);
    fake.become(mood);
    await asked(fake, 4);
    assert.deepEqual(followed.seen, [{ kind: 'ok', value: [1] }]);
    assert.ok(fake.requests.slice(2).every((each) => !each.includes('index=')));
    fake.become('answer');
    put(fake, 2);
    await followed.until(2);
  });
}

test('an agent that is silent for ten minutes is asked anew', async (t) => {
  const fake = await FakeConsul.start(t);
  put(fake, 1);
  const followed = follow(t, fake, 6000);
  await followed.until(1);
  fake.become('hang');
  const before = fake.requests.length;
  await asked(fake, before + 2);
  assert.equal(followed.seen.length, 1);
});

test('an index that goes backwards is not waited for', async (t) => {
  const fake = await FakeConsul.start(t);
  put(fake, 1);
  const followed = follow(t, fake);
  await holding(fake);
  fake.rewind(3);
  await asked(fake, 4);
  await holding(fake);
  assert.ok(!fake.requests[2]?.includes('index='));
  assert.match(fake.requests[3] ?? '', /index=3$/);
  put(fake, 2);
  await followed.until(2);
});

test('without an index it is asked again after a while', async (t) => {
  const fake = await FakeConsul.start(t);
  put(fake, 1);
  fake.become('no-index');
  const followed = follow(t, fake, 100);
  await followed.until(1);
  const before = performance.now();
  put(fake, 2);
  await followed.until(2);
  assert.ok(performance.now() - before > 50, 'at once');
  assert.equal(fake.requests.length, 2);
});

test('an index that races makes ten questions a second at most', async (t) => {
  const fake = await FakeConsul.start(t);
  const followed = follow(t, fake, 1);
  const racing = setInterval(() => put(fake, 1), 1);
  t.after(() => clearInterval(racing));
  await new Promise((done) => setTimeout(done, 450));
  clearInterval(racing);
  assert.ok(fake.requests.length <= 6, `${fake.requests.length} questions`);
  await followed.until(1);
});

test('it is said loudly that an agent is away, ever more seldom', async (t) => {
  const fake = await FakeConsul.start(t);
  fake.become('reset');
  const followed = follow(t, fake, 200);
  await asked(fake, 10);
  const loud = followed.log.lines.filter((line) => line.level === 'warn').map((line) => line.fields);
  assert.deepEqual(
    loud.map((fields) => 'failures' in fields && fields.failures),
    [1, 2, 4, 8],
  );
  assert.ok(followed.metrics.counter('consul', 'failures').value >= 9);
});

test('once closed it asks no more, and the question that was held is gone', async (t) => {
  const fake = await FakeConsul.start(t);
  put(fake, 1);
  const followed = follow(t, fake);
  await holding(fake);
  followed.handle.close();
  followed.handle.close();
  await eventually(() => (fake.held === 0 ? true : undefined), 'the question is gone');
  put(fake, 2);
  await new Promise((done) => setTimeout(done, 50));
  assert.equal(fake.requests.length, 2);
  assert.equal(followed.seen.length, 1);
});

test('it never ends by itself, whatever the agent does', async (t) => {
  const mood = fc.constantFrom<ConsulMood>('answer', 500, 429, 'reset', 'hang', 'half', 'nonsense', 'no-index');
  const event = fc.oneof(
    fc.record({ become: mood }),
    fc.record({ put: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ rewind: fc.integer({ min: 1, max: 12 }) }),
    fc.record({ waitMs: fc.integer({ min: 0, max: 8 }) }),
  );
  const law = fc.asyncProperty(fc.array(event, { maxLength: 12 }), async (events) => {
    const fake = await FakeConsul.start(t);
    fake.holdMs = 200; // a question for an index of the future is held for as long as agents do
    const followed = follow(t, fake, 100);
    for (const each of events) {
      if ('become' in each) fake.become(each.become);
      else if ('put' in each) put(fake, each.put);
      else if ('rewind' in each) fake.rewind(each.rewind);
      else await new Promise((done) => setTimeout(done, each.waitMs));
    }
    fake.become('answer');
    put(fake, 77);
    await followed.until(77);
    const values = followed.seen.map((state) => (state.kind === 'ok' ? state.value : state.kind));
    const first = values.findIndex((value) => value !== undefined);
    assert.ok(values.slice(first).every((value) => value !== undefined));
    followed.handle.close();
  });
  await fc.assert(law, { numRuns: 30 });
});
