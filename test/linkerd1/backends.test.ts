import { writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FakeApiServer } from '#test/helpers/fake-api-server.ts';
import { FakeConsul } from '#test/helpers/fake-consul.ts';
import { pathOf, service, slice } from '#test/helpers/kube-objects.ts';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { Naming } from './named.ts';

async function kubernetes(t: TestContext): Promise<FakeApiServer> {
  const fake = await FakeApiServer.start(t);
  const replicas = [
    { ip: '10.2.2.1', node: 'node-a' },
    { ip: '10.2.3.1', node: 'node-b' },
  ];
  const web = slice('web', 'web-1', replicas);
  const labels = { ...(web.metadata['labels'] as object), version: 'v1' };
  fake.put(pathOf(web), { ...web, metadata: { ...web.metadata, labels } });
  const shop = service('web', [{ name: 'http', port: 80 }]);
  fake.put(pathOf(shop), shop);
  const linkers = slice('l5d', 'l5d-1', [
    { ip: '10.2.2.100', node: 'node-a' },
    { ip: '10.2.3.100', node: 'node-b' },
  ]);
  fake.put(pathOf(linkers), { ...linkers, ports: [{ name: 'incoming', port: 4141, protocol: 'TCP' }] });
  return fake;
}

const both = '10.2.2.1:8080 10.2.3.1:8080';

test('linkerd1: io.l5d.k8s named port', async (t) => {
  const { port } = await kubernetes(t);
  const naming = new Naming(t, `namers: [{kind: io.l5d.k8s, host: 127.0.0.1, port: ${port}}]`);
  await naming.binds('/#/io.l5d.k8s/Default/HTTP/Web/r', `/#/io.l5d.k8s/default/http/web /r [${both}]`);
  await naming.binds('/#/io.l5d.k8s/default/admin/web', '~');
  await naming.binds('/#/io.l5d.k8s/default/http', '~');
});

test('linkerd1: io.l5d.k8s numeric port', async (t) => {
  const { port } = await kubernetes(t);
  const naming = new Naming(t, `namers: [{kind: io.l5d.k8s, host: 127.0.0.1, port: ${port}}]`);
  await naming.binds('/#/io.l5d.k8s/default/80/web', `/#/io.l5d.k8s/default/80/web [${both}]`);
  await naming.binds('/#/io.l5d.k8s/default/8080/web', '~');
});

test('linkerd1: io.l5d.k8s labelSelector', async (t) => {
  const { port } = await kubernetes(t);
  const naming = new Naming(t, `namers: [{kind: io.l5d.k8s, host: 127.0.0.1, port: ${port}, labelSelector: version}]`);
  await naming.binds('/#/io.l5d.k8s/default/http/web/v1', `/#/io.l5d.k8s/default/http/web/v1 [${both}]`);
  await naming.binds('/#/io.l5d.k8s/default/http/web/v2', '~');
});

test('linkerd1: k8s API via localhost:8001, no auth', async (t) => {
  const fake = await kubernetes(t);
  const naming = new Naming(t, `namers: [{kind: io.l5d.k8s, host: localhost, port: ${fake.port}}]`, {
    env: { KUBECONFIG: '/nowhere', KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: '1' },
  });
  await naming.binds('/#/io.l5d.k8s/default/http/web', `/#/io.l5d.k8s/default/http/web [${both}]`);
});

function files(t: TestContext, names: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory(t);
  for (const [name, text] of Object.entries(names)) writeFileSync(join(directory, name), text);
  return directory;
}

test('linkerd1: several namers with own prefix', async (t) => {
  const [one, two] = [files(t, { web: '10.0.0.1 80', a: '10.0.0.1 81' }), files(t, { web: '10.0.0.2 80' })];
  const naming = new Naming(
    t,
    `namers: [{kind: io.l5d.fs, rootDir: ${one}}, {kind: io.l5d.fs, rootDir: ${two}}, {kind: io.l5d.fs, prefix: /x/y, rootDir: ${one}}]`,
  );
  await naming.binds('/#/io.l5d.fs/web', '/#/io.l5d.fs/web [10.0.0.2:80]');
  await naming.binds('/#/io.l5d.fs/a', '/#/io.l5d.fs/a [10.0.0.1:81]');
  await naming.binds('/#/x/y/web', '/#/x/y/web [10.0.0.1:80]');
});

test('linkerd1: namer-level transformers', async (t) => {
  const dir = files(t, { web: '10.0.0.1 80' });
  const naming = new Naming(
    t,
    `namers: [{kind: io.l5d.fs, rootDir: ${dir}, transformers: [{kind: io.l5d.port, port: 4141}]}]`,
  );
  await naming.binds('/#/io.l5d.fs/web', '/%/io.l5d.port/4141/#/io.l5d.fs/web [10.0.0.1:4141]');
  await naming.binds('/$/inet/127.1/80', '/$/inet/127.1/80 [127.0.0.1:80]');
});

test('linkerd1: io.l5d.rewrite', async (t) => {
  const naming = new Naming(
    t,
    `
namers: [{kind: io.l5d.rewrite, prefix: /flip, pattern: "/{port}/{host}", name: "/inet/{host}/{port}"}]
dtab: /inet => /$/inet; /svc => /#/flip`,
  );
  await naming.binds('/svc/80/127.1/dropped', '/$/inet/127.1/80 [127.0.0.1:80]');
  await naming.binds('/svc/80', '~');
});

test('linkerd1: io.l5d.fs', async (t) => {
  const dir = files(t, { web: '# hosts\n10.0.0.1 80\n10.0.0.2 80 * 0.5\n', bad: 'what' });
  const naming = new Naming(t, `namers: [{kind: io.l5d.fs, rootDir: ${dir}}]`);
  await naming.binds('/#/io.l5d.fs/web/r', '/#/io.l5d.fs/web /r [10.0.0.1:80 10.0.0.2:80*0.5]');
  await naming.binds('/#/io.l5d.fs/bad', '/#/io.l5d.fs/bad [failed: malformed address: what]');
  writeFileSync(join(dir, 'late'), '10.0.0.3 80');
  await naming.binds('/#/io.l5d.fs/late', '/#/io.l5d.fs/late [10.0.0.3:80]');
  await naming.binds('/#/io.l5d.fs/none', '~');
});

test('linkerd1: io.l5d.consul', async (t) => {
  const fake = await FakeConsul.start(t);
  fake.put('dc1', 'web', { address: '10.0.0.1', port: 80, tags: ['prod'] }, { address: '10.0.0.2', port: 80 });
  const at = `host: 127.0.0.1, port: ${fake.port}`;
  const naming = new Naming(
    t,
    `namers: [{kind: io.l5d.consul, ${at}}, {kind: io.l5d.consul, prefix: /tagged, includeTag: true, setHost: true, ${at}, weights: [{tag: prod, weight: 2}]}]`,
  );
  await naming.binds('/#/io.l5d.consul/dc1/Web/r', '/#/io.l5d.consul/dc1/Web /r [10.0.0.1:80 10.0.0.2:80]');
  await naming.binds('/#/tagged/.local/prod/web', '/#/tagged/.local/prod/web [10.0.0.1:80*2]');
  await naming.binds('/#/tagged/dc1/none/web', '~');
});

test('linkerd1: interpreter default', async (t) => {
  const naming = new Naming(t, 'interpreter: {kind: default}\ndtab: /svc => /$/inet/127.1/1');
  await naming.binds('/svc', '/$/inet/127.1/1 [127.0.0.1:1]');
});

const transformed = (port: number, transformer: string): string => `
namers: [{kind: io.l5d.k8s, host: 127.0.0.1, port: ${port}}]
interpreter: {kind: default, transformers: [${transformer}]}
dtab: /svc => /#/io.l5d.k8s/default/http`;

test('linkerd1: transformer k8s.daemonset (/24 and hostNetwork)', async (t) => {
  const { port } = await kubernetes(t);
  const daemonset = `kind: io.l5d.k8s.daemonset, k8sHost: 127.0.0.1, k8sPort: ${port}, namespace: default, service: l5d, port: incoming`;
  const expected = `/%/io.l5d.k8s.daemonset/default/incoming/l5d/#/io.l5d.k8s/default/http/web [10.2.2.100:4141 10.2.3.100:4141]`;
  for (const hostNetwork of [false, true]) {
    const naming = new Naming(t, transformed(port, `{${daemonset}, hostNetwork: ${hostNetwork}}`));
    await naming.binds('/svc/web', expected);
  }
});

test('linkerd1: transformer k8s.localnode (POD_IP, NODE_NAME)', async (t) => {
  const { port } = await kubernetes(t);
  const env = { POD_IP: '10.2.3.77', NODE_NAME: 'node-a' };
  const id = '#/io.l5d.k8s/default/http/web';
  const byIp = new Naming(t, transformed(port, '{kind: io.l5d.k8s.localnode}'), { env });
  await byIp.binds('/svc/web', `/%/io.l5d.k8s.localnode/10.2.3.77/${id} [10.2.3.1:8080]`);
  const byNode = new Naming(t, transformed(port, '{kind: io.l5d.k8s.localnode, hostNetwork: true}'), { env });
  await byNode.binds('/svc/web', `/%/io.l5d.k8s.localnode/node-a/${id} [10.2.2.1:8080]`);
});

test('linkerd1: transformers port, localhost', async (t) => {
  const own = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find((each) => each.family === 'IPv4')?.address;
  const dir = files(t, { web: `${own} 80\n192.0.2.1 80` });
  const at = (transformer: string): string =>
    `namers: [{kind: io.l5d.fs, rootDir: ${dir}}]\ninterpreter: {kind: default, transformers: [${transformer}]}`;
  const id = '#/io.l5d.fs/web';
  await new Naming(t, at('{kind: io.l5d.port, port: 1}')).binds(
    `/${id}`,
    `/%/io.l5d.port/1/${id} [${own}:1 192.0.2.1:1]`,
  );
  await new Naming(t, at('{kind: io.l5d.localhost}')).binds(`/${id}`, `/%/io.l5d.localhost/${id} [${own}:80]`);
});

test('linkerd1: transformers specificHost, replace, const', async (t) => {
  const dir = files(t, { web: '10.0.0.1 80\n10.0.0.2 80' });
  const at = (transformer: string): string =>
    `namers: [{kind: io.l5d.fs, rootDir: ${dir}}]\ninterpreter: {kind: default, transformers: [${transformer}]}`;
  const specific = new Naming(t, at('{kind: io.l5d.specificHost, host: 10.0.0.2}'));
  await specific.binds('/#/io.l5d.fs/web', '/%/io.l5d.specificHost/#/io.l5d.fs/web [10.0.0.2:80]');
  const replace = new Naming(t, at('{kind: io.l5d.replace, path: /$/inet/127.1/1}'));
  await replace.binds('/#/io.l5d.fs/web', '/%/io.l5d.replace/$/inet/127.1/1 [127.0.0.1:1]');
  await replace.binds('/#/io.l5d.fs/none', '~');
  const constant = new Naming(t, at('{kind: io.l5d.const, path: /$/inet/127.1/1}'));
  await constant.binds('/#/io.l5d.fs/none', '/%/io.l5d.const/$/inet/127.1/1 [127.0.0.1:1]');
});

test('linkerd1: `/%/` prefix in ids', async (t) => {
  const transformers = '[{kind: io.l5d.port, port: 1, prefix: /mine}, {kind: io.l5d.port, port: 2}]';
  const naming = new Naming(t, `interpreter: {kind: default, transformers: ${transformers}}`);
  await naming.binds('/$/inet/127.1/80', '/%/io.l5d.port/2/%/mine/$/inet/127.1/80 [127.0.0.1:2]');
});
