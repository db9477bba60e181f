import assert from 'node:assert/strict';
import { Agent, createServer, get as httpGet } from 'node:http';
import { type AddressInfo, createServer as createTcp } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Linker, type LinkerSite } from '#test/helpers/linker.ts';
import { RawClient } from '#test/helpers/raw-client.ts';
import { eventually } from '#test/helpers/within.ts';

/** Answers, after a while where the path says so. */
async function origin(t: TestContext): Promise<number> {
  const server = createServer((request, response) => {
    const status = request.url === '/bad' ? 500 : 200;
    const answer = () => response.writeHead(status).end('hello');
    if (request.url === '/slow') setTimeout(answer, 1500);
    else answer();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const config =
  (port: number, workers = 2) =>
  ({ ports, admin }: LinkerSite): string =>
    `
admin: { ip: 127.0.0.1, port: ${admin} }
workers: ${workers}
telemetry: [ { kind: io.l5d.prometheus } ]
routers:
- protocol: http
  dtab: /svc => /$/inet/127.0.0.1/${port}
  servers: [ { port: ${ports[0]} } ]
`;

function ask(port: number, path: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    httpGet({ port, path, agent, host: '127.0.0.1', headers: { host: 'web' } }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    }).on('error', reject);
  });
}

test('requests over many connections are counted to the last one, on one page', async (t) => {
  await using linker = await Linker.start({ config: config(await origin(t)) });
  const server = `rt/http/server/127.0.0.1/${linker.port}`;
  const before = (await linker.metrics())[`${server}/connects`] ?? 0;
  const agent = new Agent({ keepAlive: true, maxSockets: 60 });
  t.after(() => agent.destroy());
  const answers = await Promise.all(
    Array.from({ length: 1200 }, (_, i) => ask(linker.port, i % 10 === 0 ? '/bad' : '/good', agent)),
  );
  const bad = answers.filter((status) => status === 500).length;
  assert.equal(bad, 120);
  const metrics = await linker.metrics();
  assert.equal(metrics[`${server}/requests`], 1200);
  assert.equal(metrics[`${server}/success`], 1080);
  assert.equal(metrics[`${server}/failures`], 120);
  assert.equal(metrics[`${server}/status/200`], 1080);
  assert.equal(metrics['rt/http/service/svc/web/request_latency_ms.count'], 1200);
  assert.equal((metrics[`${server}/connects`] ?? 0) - before, 60);
  assert.equal(metrics[`${server}/connections`], 60);
  assert.equal(metrics['jvm/thread/count'], 3);
  const [client = ''] = Object.keys(metrics).filter((name) => name.endsWith('/loadbalancer/size'));
  assert.equal(metrics[client], 1, 'the same replica is no two');
  const misses = metrics['rt/http/bindcache/path/misses'] ?? 0;
  assert.ok(misses > 1, `the kernel gave connections to ${misses} threads`);
  const page = async (path: string) => await (await fetch(`http://127.0.0.1:${linker.admin}${path}`)).text();
  assert.match(await page('/admin/metrics/prometheus'), /^rt:server:requests\{.*\} 1200$/m);
  assert.match(await page('/client_state.json'), /"state":"bound"/);
  assert.match(await page('/delegator.json?namespace=http&path=/svc/web&dtab='), /"type":"neg"/);
  assert.equal(await page('/admin/ping'), 'pong');
});

test('SIGTERM lets what is in flight on every thread end', async (t) => {
  await using linker = await Linker.start({ config: config(await origin(t)) });
  const agent = new Agent({ maxSockets: 30 });
  const slow = Array.from({ length: 30 }, () => ask(linker.port, '/slow', agent));
  const pending = `rt/http/server/127.0.0.1/${linker.port}/pending`;
  await eventually(async () => (await linker.metrics())[pending] === 30 || undefined, 'all are under way');
  linker.signal('SIGTERM');
  assert.deepEqual(new Set(await Promise.all(slow)), new Set([200]));
  assert.equal(await linker.exited, 0);
});

test('a port that somebody has is an error at the start, as with one thread', async (t) => {
  const taken = createTcp();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  t.after(() => taken.close());
  const { port } = taken.address() as AddressInfo;
  const site = (s: LinkerSite): string => config(1)({ ...s, ports: [port] });
  await assert.rejects(Linker.start({ config: site, ports: 0 }), /EADDRINUSE/);
});

test('the level of the log is changed on every thread, and requests go on', async (t) => {
  await using linker = await Linker.start({ config: config(await origin(t), 2) });
  const url = `http://127.0.0.1:${linker.admin}/logging.json?logger=root&level=DEBUG`;
  assert.equal((await fetch(url, { method: 'POST' })).status, 200);
  assert.match(await (await fetch(`http://127.0.0.1:${linker.admin}/logging.json`)).text(), /DEBUG/);
  using client = await RawClient.connect(linker.port);
  await client.send('GET / HTTP/1.1\r\nHost: web\r\n\r\n');
  assert.equal((await client.response()).status, 200);
});
