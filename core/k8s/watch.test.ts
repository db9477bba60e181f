import assert from 'node:assert/strict';
import { test } from 'node:test';
import { data, follow, services, start, watching } from '#test/helpers/followed-watch.ts';
import { eventually } from '#test/helpers/within.ts';
import { collection, object } from './resource.ts';

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
