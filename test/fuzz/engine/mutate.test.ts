import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chance, mutate } from './mutate.ts';

test('a seed gives the same inputs each time, none of them too long', () => {
  const make = (seed: number): string[] => {
    const pick = chance(seed);
    const word = Buffer.from('word');
    return Array.from({ length: 2000 }, () =>
      mutate(Buffer.from('one'), Buffer.from('two'), [word], pick, 20).toString('hex'),
    );
  };
  const first = make(1);
  assert.deepEqual(make(1), first);
  assert.notDeepEqual(make(2), first);
  assert.ok(first.every((hex) => hex.length <= 40));
  assert.ok(new Set(first).size > 1000);
  assert.ok(first.some((hex) => hex.includes(Buffer.from('word').toString('hex'))));
});

test('nothing can be changed into something', () => {
  const pick = chance(3);
  const made = Array.from({ length: 50 }, () => mutate(Buffer.of(), Buffer.of(), [], pick, 10).length);
  assert.ok(made.some((n) => n > 0));
});
