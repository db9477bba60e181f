import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTraceparent, writeTraceparent } from './traceparent.ts';

// The first two are the examples of W3C Trace Context §3.2.
const sampled = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const unsampled = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';

test('what is read is written as it was, sampled and not', () => {
  for (const text of [sampled, unsampled, '00-00000000000000000000000000000001-0000000000000002-01']) {
    const id = readTraceparent(text);
    assert.ok(id?.decided, text);
    assert.equal(writeTraceparent(id), text);
  }
});

test('a trace id of 64 bits has no upper half', () => {
  assert.equal(readTraceparent('00-000000000000000000000000000000f1-0000000000000002-01')?.high, undefined);
});

test('later versions are read as far as they are known', () => {
  assert.ok(readTraceparent(`01${sampled.slice(2)}-what-comes`)?.sampled);
});

test('what is malformed is ignored', () => {
  const bad = [
    '',
    `${sampled}-more`,
    `ff${sampled.slice(2)}`,
    sampled.toUpperCase(),
    sampled.slice(0, -1),
    '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01',
  ];
  for (const text of bad) assert.equal(readTraceparent(text), undefined, text);
});
