import assert from 'node:assert/strict';
import { test } from 'node:test';
import { negAddr } from '#core/naming/name.ts';
import { failed, ok } from '#core/reactive/activity.ts';
import { shownAddr, stateWord } from './shown-state.ts';

test('states have the words of Linkerd', () => {
  assert.deepEqual(shownAddr({ kind: 'pending' }), { state: 'Pending', addresses: [] });
  assert.deepEqual(shownAddr(failed(new Error('gone'))), { state: 'Failed: gone', addresses: [] });
  assert.deepEqual(shownAddr(ok(negAddr)), { state: 'Neg', addresses: [] });
  const addresses = [{ host: '::1', port: 80, weight: 1, meta: {} }];
  assert.deepEqual(shownAddr(ok({ kind: 'bound', addresses })), { state: 'bound', addresses: ['[::1]:80'] });
  assert.equal(stateWord(ok(1)), 'bound');
});
