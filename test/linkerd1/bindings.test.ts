import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { FakeApiServer } from '#test/helpers/fake-api-server.ts';
import { pathOf, slice } from '#test/helpers/kube-objects.ts';
import { Linker } from '#test/helpers/linker.ts';
import { exchange } from '#test/helpers/raw-client.ts';
import { answerWith, plain, ScriptedOrigin } from '#test/helpers/scripted-origin.ts';
import { eventually } from '#test/helpers/within.ts';

const config = (port: number, api: number, admin: number): string => `
admin: { port: ${admin} }
namers: [ { kind: io.l5d.k8s, host: 127.0.0.1, port: ${api} } ]
routers:
- protocol: http
  dtab: /svc => /#/io.l5d.k8s/default/http
  bindingTimeoutMs: 300
  servers: [ { port: ${port} } ]
`;

const get = (linker: Linker, host: string) => exchange(linker.port, `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);

test('linkerd1: binding timeout and caches: a name whose backend never answers is given up', async (t) => {
  const silent = createServer((socket) => socket.on('error', () => {}));
  await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
  t.after(() => silent.close());
  const { port } = silent.address() as AddressInfo;
  const linker = await Linker.start({ config: ({ ports, admin }) => config(ports[0] ?? 0, port, admin) });
  t.after(() => linker.close());
  const response = await get(linker, 'web');
  assert.equal(response.status, 502);
  assert.match(response.body.toString(), /Exceeded 300\.milliseconds binding timeout while resolving name: \/svc\/web/);
});

test('linkerd1: last-good addresses on failure: an API that goes away takes no address with it', async (t) => {
  const fake = await FakeApiServer.start(t);
  const origin = await ScriptedOrigin.start(answerWith(plain(200, 'hello')));
  t.after(() => origin.close());
  fake.put(pathOf(slice('web', 'w', [])), slice('web', 'w', [{ ip: '127.0.0.1' }], { http: origin.port }));
  const linker = await Linker.start({ config: ({ ports, admin }) => config(ports[0] ?? 0, fake.port, admin) });
  t.after(() => linker.close());
  await eventually(async () => ((await get(linker, 'web')).status === 200 ? true : undefined), 'it is bound');
  fake.refusing.set('/apis', 503);
  fake.refusing.set('/api/v1', 503);
  fake.end('reset');
  const broken = async () => ((await linker.metrics())['k8s/breaks/overloaded'] ?? 0) > 1;
  await eventually(async () => ((await broken()) ? true : undefined), 'the watch broke more than once', 15_000);
  assert.equal((await get(linker, 'web')).status, 200);
});
