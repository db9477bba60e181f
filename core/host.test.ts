import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numericHost, reachesIPv6, systemResolver } from './host.ts';

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

test('IPv6 can be reached from an address of more than this host and this link', () => {
  const address = (text: string, family: 'IPv4' | 'IPv6', internal = false) => {
    const common = { address: text, netmask: '', mac: '', internal, cidr: null };
    return family === 'IPv4' ? { ...common, family } : { ...common, family, scopeid: 0 };
  };
  assert.ok(
    !reachesIPv6({
      lo: [address('::1', 'IPv6', true)],
      eth0: [address('10.0.0.1', 'IPv4'), address('fe80::1', 'IPv6')],
    }),
  );
  assert.ok(reachesIPv6({ eth0: [address('2001:db8::1', 'IPv6')] }));
});
