import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakeDns } from '#test/helpers/fake-dns.ts';
import { Observed, worldWith } from '#test/helpers/observed.ts';
import { valueNow } from '#test/helpers/state-now.ts';
import { Path } from '../naming/path.ts';
import { dnsSrvNamer } from './dns-srv.ts';
import { namerKinds } from './kinds.ts';

const section = { kind: 'io.l5d.dnssrv', experimental: true, refreshIntervalSeconds: 1 };

async function start(t: TestContext) {
  const dns = await FakeDns.start(t);
  const config = namerKinds.schema.parse({ ...section, dnsHosts: [`127.0.0.1:${dns.port}`] });
  return { dns, namer: dnsSrvNamer.make(config, worldWith({})) };
}

test('linkerd1: serversets, zkLeader, curator, dnssrv, rancher: dnssrv follows the records of a name', async (t) => {
  const { dns, namer } = await start(t);
  dns.a.set('a.example', ['10.0.0.1', '10.0.0.2']);
  dns.a.set('b.example', ['10.0.0.3']);
  const web = new Observed(t, namer, '/_HTTP._tcp.web.example/rest');
  await web.until('neg');
  dns.srv.set('_http._tcp.web.example', [{ target: 'a.example', port: 80 }]);
  await web.until('10.0.0.1:80 10.0.0.2:80');
  dns.srv.set('_http._tcp.web.example', [
    { target: 'a.example', port: 81 },
    { target: 'b.example', port: 82 },
    { target: 'gone.example', port: 83 },
    { target: 'b.example', port: 90, priority: 1 },
  ]);
  await web.until('10.0.0.1:81 10.0.0.2:81 10.0.0.3:82');
  const tree = valueNow(namer.lookup(Path.read('/_HTTP._tcp.web.example/rest')));
  assert.ok(tree.kind === 'leaf' && tree.value.kind === 'bound');
  assert.equal(tree.value.id.show, '/#/io.l5d.dnssrv/_HTTP._tcp.web.example');
  assert.equal(tree.value.residual.show, '/rest');
  dns.srv.delete('_http._tcp.web.example');
  await web.until('neg');
});

test('an answer stays good while servers fail; without any so far the name is neg', async (t) => {
  const { dns, namer } = await start(t);
  dns.srv.set('web', [{ target: '10.0.0.1', port: 80 }]);
  dns.srv.set('late', [{ target: '10.0.0.9', port: 80 }]);
  dns.a.set('10.0.0.1', ['10.0.0.1']);
  const web = new Observed(t, namer, '/web');
  await web.until('10.0.0.1:80');
  dns.mood = 'fail';
  const late = new Observed(t, namer, '/late');
  await late.until('neg');
  const asked = dns.asked.filter((each) => each === 'SRV web').length;
  while (dns.asked.filter((each) => each === 'SRV web').length < asked + 3) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.equal(web.now, '10.0.0.1:80');
  dns.mood = 'answer';
  await late.until('10.0.0.9:80');
  assert.deepEqual(web.history, ['pending', '10.0.0.1:80']);
});

test('weights count where they differ', async (t) => {
  const { dns, namer } = await start(t);
  dns.a.set('a.example', ['10.0.0.1']);
  dns.srv.set(
    'alike',
    [1, 2].map((port) => ({ target: 'a.example', port, weight: 33 })),
  );
  dns.srv.set(
    'unlike',
    [0, 60].map((weight, i) => ({ target: 'a.example', port: 1 + i, weight })),
  );
  const show = ({ port, weight }: { port: number; weight: number }): string => `${port}*${weight}`;
  await new Observed(t, namer, '/alike', show).until('1*1 2*1');
  await new Observed(t, namer, '/unlike', show).until('1*1 2*60');
});

test('it is experimental, and its servers are addresses', () => {
  const complaint = (config: object): string =>
    namerKinds.schema.safeParse({ kind: 'io.l5d.dnssrv', ...config }).error?.issues[0]?.message ?? '';
  assert.match(complaint({}), /is experimental/);
  const servers = ['10.0.0.1', '10.0.0.1:53', '::1', '[::1]:53'];
  assert.equal(complaint({ experimental: true, dnsHosts: servers }), '');
  for (const bad of ['dns.example', '10.0.0.1:70000', '[10.0.0.1]:53', '::1:x', ''])
    assert.match(complaint({ experimental: true, dnsHosts: [bad] }), /is not the address of a DNS server/, bad);
});
