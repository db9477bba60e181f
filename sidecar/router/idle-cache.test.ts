import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '#core/clock.ts';
import { Metrics } from '../../core/telemetry/metrics.ts';
import { type Cached, IdleCache } from './idle-cache.ts';

class Entry implements Cached {
  busy = false;
  closed = 0;

  close(): void {
    this.closed += 1;
  }
}

function open(size: number, idleMs = 60_000) {
  const clock = new ManualClock();
  const metrics = new Metrics();
  const cache = new IdleCache<Entry>({ size, idleMs }, clock, metrics);
  return {
    clock,
    cache,
    keys: () => [...cache.values()].map(([key]) => key),
    add: (key: string) => {
      clock.advance(1);
      return cache.add(key, new Entry());
    },
    use: (key: string) => {
      clock.advance(1);
      return cache.get(key, clock.now());
    },
    count: (name: string) => metrics.counter(name).value,
  };
}

test('an entry is found by its key until it leaves', () => {
  const { add, use, count } = open(2);
  const a = add('a');
  assert.equal(use('a'), a);
  assert.equal(use('b'), undefined);
  assert.equal(count('misses'), 1);
});

test('over its size the entry unused for longest leaves and is closed', () => {
  const { add, use, keys, count } = open(2);
  const [a, b] = [add('a'), add('b')];
  use('a');
  add('c');
  assert.deepEqual(keys(), ['a', 'c']);
  assert.deepEqual([a.closed, b.closed, count('evicts')], [0, 1, 1]);
});

test('a busy entry never leaves, however long it was not used', () => {
  const { add, keys } = open(2);
  const a = add('a');
  a.busy = true;
  const b = add('b');
  add('c');
  assert.deepEqual(keys(), ['a', 'c']);
  assert.deepEqual([a.closed, b.closed], [0, 1]);
});

test('a new entry stays even where all others are busy', () => {
  const { add, use, keys } = open(2);
  for (const key of ['a', 'b']) add(key).busy = true;
  const c = add('c');
  assert.equal(use('c'), c);
  assert.equal(c.closed, 0);
  assert.deepEqual(keys(), ['a', 'b', 'c']);
});

test('a cache that outgrew its size shrinks to it once its entries are idle', () => {
  const { add, keys } = open(2);
  const busy = ['a', 'b', 'c', 'd'].map((key) => {
    const entry = add(key);
    entry.busy = true;
    return entry;
  });
  for (const entry of busy) entry.busy = false;
  add('e');
  assert.deepEqual(keys(), ['d', 'e']);
});

test('an entry unused for its idle time is closed', () => {
  const { add, use, clock, keys, count } = open(10, 60_000);
  const [a, b] = [add('a'), add('b')];
  clock.advance(50_000);
  use('b');
  clock.advance(40_000);
  assert.deepEqual(keys(), ['b']);
  assert.deepEqual([a.closed, b.closed, count('expires')], [1, 0, 1]);
  clock.advance(100_000);
  assert.deepEqual(keys(), []);
});

test('a busy entry does not expire', () => {
  const { add, clock, keys } = open(10, 60_000);
  const a = add('a');
  a.busy = true;
  clock.advance(600_000);
  assert.deepEqual(keys(), ['a']);
  a.busy = false;
  clock.advance(600_000);
  assert.deepEqual(keys(), []);
});

test('a cache that was emptied by time watches its next entry again', () => {
  const { add, clock, keys } = open(10, 60_000);
  add('a');
  clock.advance(600_000);
  add('b');
  clock.advance(600_000);
  assert.deepEqual(keys(), []);
});

test('closing closes every entry, busy ones too, and stops the watch', () => {
  const { cache, add, clock, keys } = open(10, 60_000);
  const [a, b] = [add('a'), add('b')];
  a.busy = true;
  cache.close();
  clock.advance(600_000);
  assert.deepEqual([a.closed, b.closed], [1, 1]);
  assert.deepEqual(keys(), []);
});

test('a cache closes idle entries only, those unused for longest first, and no more than its size asks for', () => {
  const step = fc.record({ key: fc.constantFrom(...'abcdefgh'), toggle: fc.boolean() });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 80 }), (size, steps) => {
      const { cache, add, use } = open(size);
      let known: { readonly key: string; readonly entry: Entry }[] = []; // the one used last behind the others
      for (const { key, toggle } of steps) {
        const found = use(key);
        const entry = found ?? add(key);
        const others = known.filter((k) => k.key !== key);
        const gone = others.filter((k) => k.entry.closed > 0);
        const kept = others.filter((k) => k.entry.closed === 0);
        const idle = others.filter((k) => !k.entry.busy);
        assert.equal(entry.closed, 0);
        assert.deepEqual(gone, idle.slice(0, gone.length));
        if (found === undefined) assert.ok(kept.length < size || kept.every((k) => k.entry.busy));
        assert.ok(gone.length === 0 || kept.length + 1 >= size);
        known = [...kept, { key, entry }];
        assert.deepEqual(new Set([...cache.values()].map(([k]) => k)), new Set(known.map((k) => k.key)));
        if (toggle) entry.busy = !entry.busy;
      }
    }),
  );
});
