import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faster, follow, services, start, watching } from '#test/helpers/followed-watch.ts';
import { eventually } from '#test/helpers/within.ts';
import { RefusedError } from './watch.ts';

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
