import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok } from '../reactive/activity.ts';
import { addrJson } from './addr-json.ts';
import { metaKeys, publicMeta } from './meta.ts';

test('what is for our own parts is not shown; the rest is, as it is', () => {
  const meta = { [metaKeys.nodeName]: 'n1', [metaKeys.pod]: 'ns/p', [metaKeys.linked]: 'node', authority: 'a' };
  assert.deepEqual(publicMeta(meta), { nodeName: 'n1', authority: 'a' });
  const plain = { nodeName: 'n1' };
  assert.equal(publicMeta(plain), plain);
});

test("Linkerd's APIs leave it out", () => {
  const meta = { [metaKeys.nodeName]: 'n1', [metaKeys.tlsIdentity]: 'spiffe://x' };
  const address = { host: '10.0.0.1', port: 80, weight: 1, meta };
  assert.deepEqual(addrJson(ok({ kind: 'bound', addresses: [address] })), {
    type: 'bound',
    addrs: [{ ip: '10.0.0.1', port: 80, meta: { nodeName: 'n1' } }],
    meta: {},
  });
});
