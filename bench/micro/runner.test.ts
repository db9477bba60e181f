import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runMicroBenchmark } from './runner.ts';

test('work that takes longer measures longer, variant by variant', () => {
  const spin = (rounds: number) => () => {
    let sum = 0;
    for (let i = 0; i < rounds; i++) sum += Math.sqrt(i);
    return sum;
  };
  const results = runMicroBenchmark({ name: 'spin', variants: { short: spin(100), long: spin(2000) } });
  assert.deepEqual(
    results.map((result) => [result.name, result.variant]),
    [
      ['spin', 'short'],
      ['spin', 'long'],
    ],
  );
  const [short, long] = results;
  assert.ok(short !== undefined && long !== undefined && long.best > 5 * short.best, JSON.stringify(results));
});
