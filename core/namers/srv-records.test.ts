import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeDns } from '#test/helpers/fake-dns.ts';
import { srvAddresses, srvResolver } from './srv-records.ts';

test('hosts are asked of the servers that are given, else as the machine does', async (t) => {
  const dns = await FakeDns.start(t);
  dns.a.set('web.example', ['10.0.0.1']);
  dns.srv.set('srv.example', [{ target: 'web.example', port: 80 }]);
  const given = srvResolver([`127.0.0.1:${dns.port}`], async () => ['10.9.9.9']);
  assert.deepEqual(await given.addresses('web.example'), ['10.0.0.1']);
  assert.deepEqual(await given.records('none.example'), []);
  assert.deepEqual(
    (await srvAddresses('srv.example', given))?.map(({ host, port }) => `${host}:${port}`),
    ['10.0.0.1:80'],
  );
  assert.deepEqual(await srvResolver([], async () => ['10.9.9.9']).addresses('web.example'), ['10.9.9.9']);
  dns.mood = 'fail';
  await assert.rejects(given.records('srv.example'), /ESERVFAIL/);
});

test('a service that is decidedly not there has the target of nothing (RFC 2782)', async () => {
  const records = async () => [{ name: '', port: 0, priority: 0, weight: 0 }];
  assert.equal(await srvAddresses('x', { records, addresses: async () => [] }), undefined);
});
