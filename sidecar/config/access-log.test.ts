import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessLogOf, rollPolicy } from './access-log.ts';
import { router } from './router.ts';

for (const [text, expected] of [
  ['never', { kind: 'never' }],
  ['hourly', { kind: 'hourly' }],
  ['Daily', { kind: 'daily' }],
  ['weekly(2)', { kind: 'weekly', day: 2 }],
  ['20MB', { kind: 'size', bytes: 20 * 2 ** 20 }],
  ['20.megabytes', { kind: 'size', bytes: 20 * 2 ** 20 }],
  ['1.kilobyte', { kind: 'size', bytes: 1024 }],
  ['500', { kind: 'size', bytes: 500 }],
] as const) {
  test(`the roll policy ${text}`, () => assert.deepEqual(rollPolicy.parse(text), expected));
}

for (const text of ['', 'monthly', 'weekly(8)', 'weekly', '0', '-1', 'MB', '10 apples']) {
  test(`${JSON.stringify(text)} is no roll policy`, () =>
    assert.throws(() => rollPolicy.parse(text), /no roll policy/));
}

test('each protocol has its own keys, and no log without a file', () => {
  const http = { httpAccessLog: '/a', httpAccessLogRollPolicy: 'daily', httpAccessLogRotateCount: 3 };
  assert.deepEqual(accessLogOf(router.parse({ protocol: 'http', ...http })), {
    file: '/a',
    roll: { kind: 'daily' },
    append: true,
    keep: 3,
  });
  const h2 = { h2AccessLog: '/b', h2AccessLogAppend: false };
  assert.deepEqual(accessLogOf(router.parse({ protocol: 'h2', ...h2 })), {
    file: '/b',
    roll: { kind: 'never' },
    append: false,
    keep: -1,
  });
  assert.equal(accessLogOf(router.parse({ protocol: 'http' })), undefined);
});
