import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { HITS, instrument } from './instrument.ts';

/** Runs a function body as it is and instrumented; gives the counters. */
function counted(body: string, input: unknown): readonly number[] {
  const source = `(function (x) { ${body} })`;
  const { code, blocks } = instrument(source, 3);
  const hits = new Array<number>(3 + blocks).fill(0);
  const run = (text: string): unknown => runInNewContext(text, { [HITS]: hits })(input);
  assert.equal(JSON.stringify(run(code)), JSON.stringify(run(source)), code);
  assert.deepEqual(hits.slice(0, 3), [0, 0, 0]);
  return hits.slice(3);
}

test('every branch has a counter, taken or not', () => {
  assert.deepEqual(counted('if (x) return 1; return 2;', true), [1, 1, 0]);
  assert.deepEqual(counted('if (x) return 1; return 2;', false), [1, 0, 1]);
  assert.deepEqual(counted('if (x > 1) if (x > 2) return 1; else return 2; return 3;', 2), [1, 1, 0, 0, 1]);
  assert.deepEqual(counted('return x ? x && 1 : x || 2;', 0), [1, 0, 1, 0, 1]);
  assert.deepEqual(counted('let n = 0; for (const y of x) n += y; while (n > 5) n--; return n;', [1, 2, 4]), [1, 3, 2]);
  assert.deepEqual(counted('return x.map((y) => y + 1).map((y) => ({ y }));', [1, 2]), [1, 2, 2]);
  assert.deepEqual(counted('switch (x) { case 1: case 2: return "a"; default: return "b"; }', 1), [1, 1, 0]);
});

test('strings and numbers of the source are told', () => {
  assert.deepEqual(instrument('f("abc", 0x41)', 0).literals, ['abc', 0x41]);
});
