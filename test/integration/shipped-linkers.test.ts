import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, get, Server as HttpServer } from 'node:http';
import { get as getTls } from 'node:https';
import { type AddressInfo, connect, createServer as createEcho, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { makeCa } from '#test/helpers/certs.ts';
import { FakeApiServer } from '#test/helpers/fake-api-server.ts';
import { pathOf, pod, service, slice } from '#test/helpers/kube-objects.ts';
import { Linker } from '#test/helpers/linker.ts';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { linkers } from '#test/inject/scene.ts';
import { linkerConfigFor } from '#webhook/linker-config.ts';

/**
 * The sidecar of a pod whose address is 127.0.0.1, with its configuration as the injector writes it but for ports and
 * folders, in a cluster whose services `web`, `web-v2`, `bare` and `db` are all in that pod; `bare` is not linked, `db` repeats what it hears.
 */
async function sidecar(t: TestContext): Promise<Linker> {
  const fake = await FakeApiServer.start(t);
  for (const [name, linked] of [
    ['web', true],
    ['web-v2', true],
    ['bare', false],
    ['db', true],
  ] as const) {
    const origin = name === 'db' ? createEcho((socket) => socket.pipe(socket)) : web(name);
    origin.listen(0, '127.0.0.1');
    await once(origin, 'listening');
    t.after(() => (origin instanceof HttpServer ? origin.close().closeAllConnections() : origin.close()));
    const { port } = origin.address() as AddressInfo;
    const there = [
      service(name, [{ name: 'http', port: 80 }]),
      slice(name, `${name}-1`, [{ ip: '127.0.0.1', pod: name }], { http: port }),
      pod(name, linked ? { 'heddle.io/linked': 'sidecar' } : {}),
    ];
    for (const object of there) fake.put(pathOf(object), object);
  }
  const kubeconfig = join(temporaryDirectory(t), 'config');
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${fake.port}` } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    }),
  );
  const ca = makeCa('mesh');
  const { cert, key } = ca.issue({ cn: 'linker.heddle', dns: ['linker.heddle'] });
  const linker = await Linker.start({
    ports: 2,
    files: { 'tls.crt': cert, 'tls.key': key, 'ca.crt': ca.cert },
    env: { KUBECONFIG: kubeconfig },
    config: ({ dir, ports: [outgoing, incoming], admin }) =>
      linkerConfigFor(linkers.sidecar, 'default')
        .replace('port: 4140', `port: ${outgoing}`)
        .replace('port: 4141', `port: ${incoming}`)
        .replace('admin: {ip: 0.0.0.0}', `admin: {ip: 127.0.0.1, port: ${admin}}`)
        .replace('kind: io.heddle.k8s.linked', `kind: io.heddle.k8s.linked, sidecarPort: ${incoming}`)
        .replaceAll('/etc/heddle', dir),
  });
  t.after(() => linker.close());
  return linker;
}

const web = (name: string): HttpServer =>
  createServer((request, response) => response.end(`${name} ${request.headers.host} ${request.url}`));

/** As a client with `http_proxy` asks. */
function ask(linker: Linker, url: string, headers: Record<string, string> = {}): Promise<string> {
  return new Promise((done, failed) => {
    const { host } = new URL(url);
    get(
      { host: '127.0.0.1', port: linker.port, path: url, headers: { host, ...headers }, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.once('end', () => done(`${response.statusCode} ${text}`));
      },
    ).once('error', failed);
  });
}

test('a request crosses two linkers over mutual TLS, and a pod without one is reached in plain text', async (t) => {
  const linker = await sidecar(t);
  assert.equal(await ask(linker, 'http://web/a?b'), '200 web web /a?b');
  assert.equal(
    await ask(linker, 'http://web.default.svc.cluster.local:80/'),
    '200 web web.default.svc.cluster.local:80 /',
  );
  assert.deepEqual(await requests(linker), { outgoing: 2, incoming: 2 });
  assert.equal(await ask(linker, 'http://bare/'), '200 bare bare /');
  assert.deepEqual(await requests(linker), { outgoing: 3, incoming: 2 });
});

/** As the servers of the two routers counted them. */
async function requests(linker: Linker): Promise<{ readonly outgoing: number; readonly incoming: number }> {
  const metrics = Object.entries(await linker.metrics());
  const of = (label: string): number => {
    const server = new RegExp(`^rt/${label}/server/[^/]+/\\d+/requests$`);
    return metrics.filter(([name]) => server.test(name)).reduce((sum, [, value]) => sum + value, 0);
  };
  return { outgoing: of('outgoing'), incoming: of('incoming') };
}

test('nobody without a certificate of the mesh is let in', async (t) => {
  const linker = await sidecar(t);
  const knock = (certificate: object): Promise<number | undefined> =>
    new Promise((done, failed) => {
      const headers = { 'l5d-dst-client': '/%/io.heddle.k8s.linked/#/io.l5d.k8s/default/80/web' };
      const options = {
        port: linker.ports[1],
        host: '127.0.0.1',
        rejectUnauthorized: false,
        agent: false,
        headers,
      } as const;
      getTls({ ...options, ...certificate }, (response) => done(response.resume().statusCode)).once('error', failed);
    });
  const file = (name: string): string => readFileSync(join(linker.dir, name), 'utf8');
  assert.equal(await knock({ cert: file('tls.crt'), key: file('tls.key') }), 200);
  await assert.rejects(knock({}));
  await assert.rejects(knock(makeCa('elsewhere').issue({ cn: 'linker.heddle', dns: ['linker.heddle'] })));
  await assert.rejects(fetch(`http://127.0.0.1:${linker.ports[1]}/`));
});

test('a weighted override splits without loss: what the first linker drew is not drawn again', async (t) => {
  const linker = await sidecar(t);
  const override = { 'l5d-dtab': '/host/web => 1 * /srv/web & 1 * /srv/web-v2' };
  const answers = new Map<string, number>();
  for (let i = 0; i < 40; i++) {
    const answer = await ask(linker, 'http://web/', override);
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
  }
  assert.deepEqual([...answers.keys()].sort(), ['200 web web /', '200 web-v2 web /']);
});

test('what a pod sends through CONNECT crosses both linkers: HTTP by its name, all else as it is', async (t) => {
  const linker = await sidecar(t);
  const tunnel = await connectTo(linker, 'web:80');
  tunnel.write('GET /through HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n');
  let said = '';
  for await (const part of tunnel.setEncoding('latin1')) said += part;
  assert.match(said, /^HTTP\/1\.1 200 OK[\s\S]*web web \/through$/);
  assert.deepEqual(await requests(linker), { outgoing: 1, incoming: 1 });

  const raw = await connectTo(linker, 'db:80');
  raw.write('\0\x01 no HTTP');
  assert.equal(String((await once(raw, 'data'))[0]), '\0\x01 no HTTP');
  raw.destroy();
});

test('requests of many callers share a connection between linkers', async (t) => {
  const linker = await sidecar(t);
  await ask(linker, 'http://web/');
  const opened = await connects(linker);
  await Promise.all(Array.from({ length: 20 }, () => ask(linker, 'http://web/')));
  assert.equal(await connects(linker), opened);
});

async function connects(linker: Linker): Promise<number> {
  const metrics = Object.entries(await linker.metrics());
  return metrics.find(([name]) => /^rt\/incoming\/server\/.*\/connects$/.test(name))?.[1] ?? 0;
}

/** A tunnel through the linker. */
async function connectTo(linker: Linker, authority: string): Promise<Socket> {
  const socket = connect(linker.port, '127.0.0.1');
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  assert.match(String((await once(socket, 'data'))[0]), /^HTTP\/1\.1 200 /);
  return socket;
}
