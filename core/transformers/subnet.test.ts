import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sameSubnet } from './subnet.ts';

for (const [a, b, same] of [
  ['10.2.3.4', '10.2.3.255', true],
  ['10.2.3.4', '10.2.3.4', true],
  ['10.2.3.4', '10.2.30.4', false],
  ['10.2.30.4', '10.2.3.4', false],
  ['110.2.3.4', '10.2.3.4', false],
  ['fd00:1:2:3::1', 'fd00:1:2:3:ffff::2', true],
  ['fd00:1:2:3::1', 'fd00:1:2:4::1', false],
  ['::ffff:10.2.3.4', '10.2.3.4', false],
  ['10.2.3.4', 'fd00::1', false],
] as const) {
  test(`${a} and ${b} are ${same ? '' : 'not '}on one node`, () => assert.equal(sameSubnet(a, b), same));
}
