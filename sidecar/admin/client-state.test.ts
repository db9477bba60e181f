import assert from 'node:assert/strict';
import { test } from 'node:test';
import { address, boundAddr, negAddr } from '#core/naming/name.ts';
import { failed, ok, pending } from '#core/reactive/activity.ts';
import { adminRequest } from '#test/helpers/admin-request.ts';
import { clientStateRoute } from './client-state.ts';

test('linkerd1: /client_state.json: every client with the state of its replicas', async () => {
  const route = clientStateRoute(() => [
    { id: '/#/a', addr: ok(boundAddr(address('10.0.0.1', 80), address('::1', 81))) },
    { id: '/#/b', addr: ok(negAddr) },
    { id: '/#/c', addr: pending },
    { id: '/#/d', addr: failed(new Error('no such host')) },
  ]);
  const { type, body } = await route.handle(adminRequest());
  assert.equal(type, 'application/json;charset=UTF-8');
  assert.deepEqual(JSON.parse(body), {
    '/#/a': { state: 'bound', addresses: ['10.0.0.1:80', '[::1]:81'] },
    '/#/b': { state: 'Neg', addresses: [] },
    '/#/c': { state: 'Pending', addresses: [] },
    '/#/d': { state: 'Failed: no such host', addresses: [] },
  });
});
