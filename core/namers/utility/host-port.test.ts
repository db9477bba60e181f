import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rewritten } from '#test/naming/rewritten.ts';
import { hostPortNamers } from './host-port.ts';

const after = (kind: string, rest: string): string => rewritten(hostPortNamers, `/$/io.buoyant.${kind}${rest}`);

test('a host with a port becomes two elements, in one order or the other', () => {
  assert.equal(after('hostportPfx', '/pfx/host:80/rest'), '/pfx/host/80/rest');
  assert.equal(after('hostportPfx', '/pfx/a.b.c:http'), '/pfx/a.b.c/http');
  assert.equal(after('porthostPfx', '/ph/127.0.0.1:80/x'), '/ph/80/127.0.0.1/x');
});

test('colons at the end do not count', () => {
  assert.equal(after('hostportPfx', '/pfx/host:80:'), '/pfx/host/80');
});

test('no port, no host, or more than one port is neg', () => {
  for (const rest of ['/pfx/host', '/pfx/host:', '/pfx/:80', '/pfx/host:80:90', '/pfx', '']) {
    assert.equal(after('hostportPfx', rest), 'neg', rest);
    assert.equal(after('porthostPfx', rest), 'neg', rest);
  }
});

test('a port is a DNS label of at most 63 characters', () => {
  assert.equal(after('hostportPfx', '/pfx/host:a-b'), '/pfx/host/a-b');
  assert.equal(after('hostportPfx', '/pfx/host:-a'), 'neg');
  assert.equal(after('hostportPfx', '/pfx/host:HTTP'), 'neg');
  assert.notEqual(after('hostportPfx', `/pfx/h:${'a'.repeat(63)}`), 'neg');
  assert.equal(after('hostportPfx', `/pfx/h:${'a'.repeat(64)}`), 'neg');
});
