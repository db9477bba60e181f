import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Held, isOlder } from './held.ts';
import type { KubeObject } from './resources.ts';

const thing = (name: string, version: number | undefined, data: unknown): KubeObject => {
  const metadata = { name, namespace: 'ns', ...(version !== undefined && { resourceVersion: String(version) }) };
  return { metadata, ...{ data } };
};
const read = (object: KubeObject): unknown => (object as { data?: unknown }).data;

test('what was put last is held, by namespace and name', () => {
  const held = new Held(read);
  assert.equal(held.put(thing('a', 1, 'x')), true);
  assert.equal(held.put(thing('b', 2, 'y')), true);
  assert.equal(held.put(thing('a', 3, 'z')), true);
  const snapshot = held.snapshot();
  assert.deepEqual(
    [...snapshot],
    [
      ['ns/a', 'z'],
      ['ns/b', 'y'],
    ],
  );
  assert.equal(held.delete(thing('a', 4, 'z')), true);
  assert.equal(held.delete(thing('a', 4, 'z')), false);
  assert.deepEqual([...held.snapshot().keys()], ['ns/b']);
  assert.equal(snapshot.size, 2, 'what was given out stays');
});

test('older objects, and newer ones that read the same, change nothing', () => {
  const held = new Held(read);
  held.put(thing('a', 10, { x: [1] }));
  assert.equal(held.put(thing('a', 9, 'old')), false);
  assert.equal(held.put(thing('a', 10, 'again')), false);
  assert.equal(held.delete(thing('a', 9, 'old')), false);
  assert.equal(held.put(thing('a', 20, { x: [1] })), false);
  assert.equal(held.put(thing('a', 15, 'between')), false, 'the version counts all the same');
  assert.equal(held.put(thing('a', 21, { x: [2] })), true);
});

test('objects without versions replace each other', () => {
  const held = new Held(read);
  held.put(thing('a', undefined, 1));
  assert.equal(held.put(thing('a', undefined, 2)), true);
  assert.equal(held.delete(thing('a', undefined, 2)), true);
});

test('an object that cannot be read leaves what was held', () => {
  const held = new Held((object) => {
    if (read(object) === 'bad') throw new Error('bad');
    return read(object);
  });
  held.put(thing('a', 1, 'good'));
  assert.throws(() => held.put(thing('a', 2, 'bad')), /bad/);
  assert.deepEqual([...held.snapshot().values()], ['good']);
});

test('versions compare as numbers of any length', () => {
  const number = fc.bigInt({ min: 1n, max: 2n ** 80n });
  fc.assert(fc.property(number, number, (a, b) => isOlder(String(a), String(b)) === a < b));
});

test('versions that are no numbers are neither older nor newer', () => {
  for (const odd of ['', 'abc', '0', '007', '1.5', '-1']) {
    assert.equal(isOlder(odd, '5'), false);
    assert.equal(isOlder('5', odd), false);
  }
});
