import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stateNow } from '#test/helpers/state-now.ts';
import { systemClock } from '../clock.ts';
import { address, boundAddr, negAddr } from '../naming/name.ts';
import { ok } from '../reactive/activity.ts';
import { endpointAddr } from './endpoints.ts';
import { PolledHosts } from './polled-hosts.ts';

test('endpoints have the addresses of their hosts; without any the address is neg', () => {
  const hosts = new PolledHosts(systemClock, async () => []);
  assert.deepEqual(stateNow(endpointAddr([], hosts)), ok(negAddr));
  const two = [
    { host: '10.0.0.1', port: 80 },
    { host: '127.1', port: 81 },
    { host: '10.0.0.1', port: 82 },
  ];
  const expected = boundAddr(address('10.0.0.1', 80), address('127.0.0.1', 81), address('10.0.0.1', 82));
  assert.deepEqual(stateNow(endpointAddr(two, hosts)), ok(expected));
});
