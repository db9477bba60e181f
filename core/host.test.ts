import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numericHost, systemResolver } from './host.ts';

test('numeric hosts are what they are, in canonical form', () => {
  assert.equal(numericHost('10.0.0.1'), '10.0.0.1');
  assert.equal(numericHost('010.000.0.001'), '10.0.0.1');
  assert.equal(numericHost('0:0:0:0:0:0:0:1'), '::1');
  assert.equal(numericHost('2001:DB8::1'), '2001:db8::1');
});

test('short IPv4 forms fill the last bytes', () => {
  assert.equal(numericHost('127.1'), '127.0.0.1');
  assert.equal(numericHost('10.1.258'), '10.1.1.2');
  assert.equal(numericHost('2130706433'), '127.0.0.1');
  for (const host of ['256.1.1.1', '1.2.3.256', '1.2.65536', '4294967296', '1.2.3.4.5', '1..2', 'a.1'])
    assert.equal(numericHost(host), undefined, host);
});

test('nothing and localhost are the loopback address, without being looked up', () => {
  assert.equal(numericHost(''), '127.0.0.1');
  assert.equal(numericHost('localhost'), '127.0.0.1');
});

test('the system resolves names, and refuses those it does not know', async () => {
  assert.ok((await systemResolver('localhost')).some((address) => address === '127.0.0.1' || address === '::1'));
});
