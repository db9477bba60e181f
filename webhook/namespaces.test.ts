import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { NamespaceSnapshot, readNamespace } from './namespaces.ts';

const known = (...names: readonly string[]) =>
  new Map(names.map((name) => [name, readNamespace({ metadata: { name } })] as const));

const settled = async (promise: Promise<void>): Promise<boolean> => {
  let done = false;
  void promise.then(() => {
    done = true;
  });
  await new Promise((later) => setImmediate(later));
  return done;
};

test('a snapshot is synced once it was set', () => {
  const snapshot = new NamespaceSnapshot(new ManualClock());
  assert.deepEqual([snapshot.synced, snapshot.size, snapshot.find('a')], [false, 0, undefined]);
  snapshot.set(known('a', 'b'));
  assert.deepEqual([snapshot.synced, snapshot.size, snapshot.find('a')?.name], [true, 2, 'a']);
});

test('what is known, or has no name, need not be waited for', async () => {
  const snapshot = new NamespaceSnapshot(new ManualClock());
  snapshot.set(known('a'));
  assert.deepEqual([await settled(snapshot.settle('a')), await settled(snapshot.settle(''))], [true, true]);
});

test('a new namespace is waited for until it comes', async () => {
  const snapshot = new NamespaceSnapshot(new ManualClock());
  snapshot.set(known());
  const waiting = snapshot.settle('a');
  snapshot.set(known('b'));
  assert.equal(await settled(waiting), false);
  snapshot.set(known('a', 'b'));
  assert.equal(await settled(waiting), true);
});

test('one that never comes is waited for half a second', async () => {
  const clock = new ManualClock();
  const snapshot = new NamespaceSnapshot(clock);
  const waiting = snapshot.settle('a');
  clock.advance(499);
  assert.equal(await settled(waiting), false);
  clock.advance(1);
  assert.equal(await settled(waiting), true);
});

test('labels and annotations that are not there are empty', () => {
  assert.deepEqual(readNamespace({}), { name: '', labels: {}, annotations: {} });
  const metadata = { name: 'a', labels: { l: '1' }, annotations: { n: '2' } };
  assert.deepEqual(readNamespace({ metadata }), metadata);
});
