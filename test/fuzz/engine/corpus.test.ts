import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quote, smallest } from './corpus.ts';

test('bytes are kept as a text in ASCII', () => {
  const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  assert.match(quote(all), /^[\x20-\x7e]+$/);
  assert.deepEqual(Buffer.from(JSON.parse(quote(all)) as string, 'latin1'), all);
});

test('of inputs that reach the same the shorter is kept, and none that reaches nothing more', () => {
  const of = (input: string, ...features: number[]) => ({ input: Buffer.from(input), features });
  const kept = smallest([of('long', 1, 2), of('ab', 1, 2), of('c', 2), of('d', 3)]);
  assert.deepEqual(kept.map(String).sort(), ['ab', 'd']);
});
