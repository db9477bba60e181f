import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientState } from '../router/clients.ts';
import { mergedClients, mergedTables, perThread } from './merge.ts';

test('what all threads measure alike is no sum', () => {
  assert.equal(perThread(['rt', 'http', 'client', '/#/a', 'loadbalancer', 'size']), 'largest');
  assert.equal(perThread(['rt', 'http', 'originator']), 'largest');
  assert.equal(perThread(['rt', 'http', 'client', '/#/a', 'loadbalancer', 'load']), 'sum');
  assert.equal(perThread(['rt', 'http', 'client', '/#/a', 'connections']), 'sum');
});

test('clients are those that any thread has, as one that knows the most knows them', () => {
  const pending: ClientState = { id: '/#/a', addr: { kind: 'pending' } };
  const bound: ClientState = { id: '/#/a', addr: { kind: 'ok', value: { kind: 'neg' } } };
  const other: ClientState = { ...pending, id: '/#/b' };
  assert.deepEqual(mergedClients([[[pending]], [[bound, other]], [[pending]]]), [[bound, other]]);
  assert.deepEqual(mergedClients([]), []);
});

test('the table of a router is that of a thread that has read it', () => {
  const known = { kind: 'ok', value: '/a=>/b' } as const;
  const pending = { kind: 'pending' } as const;
  assert.deepEqual(
    mergedTables([
      [pending, undefined, pending],
      [known, undefined, pending],
    ]),
    [known, undefined, pending],
  );
  assert.deepEqual(mergedTables([]), []);
});
