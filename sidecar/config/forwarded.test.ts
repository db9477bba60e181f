import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forwardedHeader } from './forwarded.ts';

test('both ends have a new random name for each request unless told otherwise', () => {
  const random = { kind: 'requestRandom' };
  assert.deepEqual(forwardedHeader.parse({}), { by: random, for: random });
  assert.deepEqual(forwardedHeader.parse({ by: { kind: 'router' } }), { by: { kind: 'router' }, for: random });
});

test('a static label is text that can stand in a header', () => {
  const of = (label: string) => forwardedHeader.parse({ by: { kind: 'static', label } });
  assert.deepEqual(of('me & you').by, { kind: 'static', label: 'me & you' });
  for (const bad of ['', 'a\r\nb: c', 'ä', '\0']) assert.throws(() => of(bad), /printable ASCII/);
});

test('keys of other labels are unknown', () => {
  assert.throws(() => forwardedHeader.parse({ by: { kind: 'ip', label: 'x' } }));
  assert.throws(() => forwardedHeader.parse({ to: {} }));
});
