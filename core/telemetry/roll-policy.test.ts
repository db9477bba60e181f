import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextRoll, type RollPolicy, rolledName, rolledPattern } from './roll-policy.ts';

const at = (text: string): number => Date.parse(`${text}Z`);
/** A Tuesday. */
const now = at('2026-11-24T16:19:11.123');

for (const [policy, expected] of [
  [{ kind: 'hourly' }, '2026-11-24T17:00:00'],
  [{ kind: 'daily' }, '2026-11-25T00:00:00'],
  [{ kind: 'weekly', day: 1 }, '2026-11-29T00:00:00'],
  [{ kind: 'weekly', day: 3 }, '2026-12-01T00:00:00'],
  [{ kind: 'weekly', day: 4 }, '2026-11-25T00:00:00'],
] as const) {
  test(`a file rolled ${JSON.stringify(policy)} begins anew at ${expected}`, () => {
    assert.equal(nextRoll(policy, now), at(expected));
    assert.ok(nextRoll(policy, nextRoll(policy, now)) > at(expected), 'and once more later');
  });
}

test('by size, or never, time does not count', () => {
  assert.equal(nextRoll({ kind: 'never' }, now), Number.POSITIVE_INFINITY);
  assert.equal(nextRoll({ kind: 'size', bytes: 1 }, now), Number.POSITIVE_INFINITY);
});

test('the time stands before the suffix, as fine as the policy needs', () => {
  const name = (policy: RollPolicy) => rolledName('/var/log.d/access.log', policy, now);
  assert.equal(name({ kind: 'daily' }), '/var/log.d/access-20261124.log');
  assert.equal(name({ kind: 'hourly' }), '/var/log.d/access-20261124-16.log');
  assert.equal(name({ kind: 'size', bytes: 1 }), '/var/log.d/access-20261124-161911123.log');
  assert.equal(rolledName('/var/log.d/access', { kind: 'daily' }, now), '/var/log.d/access-20261124');
});

test('only what was rolled is taken for it', () => {
  const pattern = rolledPattern('access.log');
  for (const name of ['access-20261124.log', 'access-20261124-16.log', 'access-20261124-161911123.log'])
    assert.match(name, pattern);
  for (const name of ['access.log', 'access-20261124.log.gz', 'access-20261124xlog', 'my-access-20261124.log'])
    assert.doesNotMatch(name, pattern);
});
