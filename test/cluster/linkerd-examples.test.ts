import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { after, before, beforeEach, describe, type TestContext, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { makeCa } from '#test/helpers/certs.ts';
import type { Linker } from '#test/helpers/linker.ts';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { eventually } from '#test/helpers/within.ts';
import { App, ask } from './hello-world.ts';
import { LinkerdCluster } from './linkerd-cluster.ts';
import { onLoopback } from './loopback-api.ts';

/**
 * The files in test/data/linkerd-examples are what the ConfigMaps in k8s-daemonset/k8s of the repository
 * linkerd/linkerd-examples hold (but for the words of some comments): what users of Linkerd 1.x have.
 */

let cluster: LinkerdCluster;
before(async () => {
  cluster = await LinkerdCluster.start();
});
after(() => cluster?.stop());
beforeEach(() => cluster.forget());

const daemonset = '%/io.l5d.k8s.daemonset/default/incoming/l5d';
const localnode = (linker: Linker): string => `%/io.l5d.k8s.localnode/${linker.host}`;
const service = (name: string): string => `#/io.l5d.k8s/default/http/${name}`;

/** Waits until a metric has this value. */
async function counted(linker: Linker, name: string, value: number): Promise<void> {
  let last: number | undefined;
  const equal = async (): Promise<true | undefined> => {
    last = (await linker.metrics())[name];
    return last === value ? true : undefined;
  };
  await eventually(equal, '').catch(() => assert.equal(last, value, `${name} is ${last}, not ${value}`));
}

describe('linkerd.yml, from linker to linker,', () => {
  let linkers: readonly Linker[] = [];
  let east: Linker;
  let west: Linker;
  before(async () => {
    const { forLinkers } = cluster;
    linkers = await Promise.all([
      cluster.east.startLinker('linkerd', forLinkers),
      cluster.west.startLinker('linkerd', forLinkers),
    ]);
    [east, west] = linkers as [Linker, Linker];
  });
  after(() => Promise.all(linkers.map((linker) => linker.close())));

  test('takes calls by the linkers of both nodes; world is world-v1', async () => {
    const { hello, world } = cluster;
    const answer = await ask(cluster.west.httpProxy, 'http://hello');
    assert.deepEqual([answer.status, answer.body], [200, `Hello (${hello.ip}) world (${world.ip})!!`]);
    assert.equal(answer.headers['l5d-success-class'], '1.0');

    const [atHello] = hello.seen;
    const [atWorld] = world.seen;
    assert.equal(atWorld?.host, 'world');
    assert.equal(atWorld?.via, '1.1 linkerd, 1.1 linkerd');
    assert.equal(atWorld?.['l5d-dst-service'], '/svc/world');
    assert.equal(atHello?.['l5d-dst-client'], `/${localnode(east)}/${service('hello')}`);
    assert.equal(atWorld?.['l5d-dst-client'], `/${localnode(west)}/${service('world-v1')}`);
    assert.match(String(atWorld?.['l5d-reqid']), /^[0-9a-f]{16}$/);
    assert.equal(atWorld?.['l5d-reqid'], atHello?.['l5d-reqid']);

    for (const [from, to, name, app] of [
      [west, east, 'hello', 'hello'],
      [east, west, 'world', 'world-v1'],
    ] as const) {
      await counted(from, `rt/outgoing/server/${from.host}/4140/success`, 1);
      await counted(from, `rt/outgoing/service/svc/${name}/success`, 1);
      await counted(from, `rt/outgoing/client/${daemonset}/${service(app)}/requests`, 1);
      await counted(to, `rt/incoming/server/${to.host}/4141/success`, 1);
      await counted(to, `rt/incoming/client/${localnode(to)}/${service(app)}/status/200`, 1);
    }
  });

  test('sends one request another way by l5d-dtab, in calls behind the next application, too', async () => {
    const { hello, world, earth } = cluster;
    const headers = { 'l5d-dtab': '/host/world => /srv/world-v2;' };
    const say = async (more: object): Promise<string> => (await ask(cluster.west.httpProxy, 'http://hello', more)).body;
    assert.equal(await say({ headers }), `Hello (${hello.ip}) earth (${earth.ip})!!`);
    assert.equal(earth.seen[0]?.['l5d-ctx-dtab'], '/host/world=>/srv/world-v2');
    assert.equal(await say({}), `Hello (${hello.ip}) world (${world.ip})!!`);
  });

  test('sends reads again that fail with 5xx, and nothing else', async () => {
    const { world } = cluster;
    world.failures = [500, 503];
    assert.equal((await ask(cluster.east.httpProxy, 'http://world')).status, 200);
    assert.equal(world.seen.length, 3);
    await counted(east, 'rt/outgoing/service/svc/world/retries/total', 2);
    world.failures = [503];
    const post = await ask(cluster.east.httpProxy, 'http://world', { method: 'POST' });
    assert.deepEqual([post.status, post.headers['l5d-success-class']], [503, '0.0']);
    assert.equal(world.seen.length, 4);
  });

  test('linkerd1: linkerd-viz scrape by service name .*l5d$ on :9990: tells Prometheus the same figures, under the names that dashboards ask for', async () => {
    const json = await east.metrics();
    const text = await (await fetch(`http://${east.host}:${east.admin}/admin/metrics/prometheus`)).text();
    const id = `${daemonset}/${service('world-v1')}`;
    for (const name of ['requests', 'success', 'failures', 'status/5XX']) {
      const value = json[`rt/outgoing/client/${id}/${name}`];
      assert.ok(value !== undefined && value > 0, name);
      const line = `rt:client:${name.replace('/', ':')}{rt="outgoing", client="${id}"} ${value}`;
      assert.ok(text.split('\n').includes(line), `${line} is not in\n${text}`);
    }
  });

  test('refuses what is not there, and says what was tried', async () => {
    const { status, headers, body } = await ask(cluster.east.httpProxy, 'http://nobody');
    assert.equal(status, 502);
    assert.match(body, /^Unable to route request!\n\nservice name: \/svc\/nobody\n/);
    assert.match(body, /^ {2}\/host\/world => \/srv\/world-v1$/m);
    assert.match(String(headers['l5d-err']), /^Unable\+to\+route\+request/);
  });

  test('shares calls among pods of both nodes, each by the linker of its own, and follows those that move', async (t) => {
    const { world } = cluster;
    const other = await App.world(cluster.east.ip(12), 'world');
    t.after(() => other.close());
    t.after(() => cluster.serve('world-v1', { ip: world.ip, node: 'west' }));
    const replicas = { [world.ip]: west, [other.ip]: east };
    const say = async (): Promise<string> => (await ask(cluster.west.httpProxy, 'http://world')).body;

    await cluster.serve('world-v1', { ip: world.ip, node: 'west' }, { ip: other.ip, node: 'east' });
    await eventually(async () => ((await say()) === `world (${other.ip})` ? true : undefined), 'east is asked, too');
    for (let i = 0; i < 30; i++) await say();
    for (const { ip, seen } of [world, other]) {
      assert.ok(seen.length > 1, `${ip} has been asked ${seen.length} times`);
      const clients = new Set(seen.map((headers) => headers['l5d-dst-client']));
      assert.deepEqual([...clients], [`/${localnode(replicas[ip] as Linker)}/${service('world-v1')}`]);
    }

    await cluster.serve('world-v1', { ip: other.ip, node: 'east' });
    await eventually(async () => {
      world.seen.length = 0;
      for (let i = 0; i < 10; i++) await say();
      return world.seen.length === 0 ? true : undefined;
    }, 'only east is asked');
  });
});

describe('linkerd-cni.yml, on networks whose addresses do not tell the node,', () => {
  test('goes by the names of nodes', async (t) => {
    const { east, west, hello, world, forLinkers } = cluster;
    for (const node of [east, west]) {
      const linker = await node.startLinker('linkerd-cni', forLinkers);
      t.after(() => linker.close());
    }
    // Each where the addresses of the other node are.
    await cluster.serve('hello', { ip: hello.ip, node: 'west' });
    await cluster.serve('world-v1', { ip: world.ip, node: 'east' });
    t.after(() => cluster.serve('hello', { ip: hello.ip, node: 'east' }));
    t.after(() => cluster.serve('world-v1', { ip: world.ip, node: 'west' }));
    const { body } = await ask(west.httpProxy, 'http://hello');
    assert.equal(body, `Hello (${hello.ip}) world (${world.ip})!!`);
    const tags = [hello, world].map(({ seen }) => String(seen[0]?.['l5d-dst-client']).split('/#/')[0]);
    assert.deepEqual(tags, ['/%/io.l5d.k8s.localnode/west', '/%/io.l5d.k8s.localnode/east']);
  });
});

describe('linkerd-latency.yml', () => {
  test('gives up each service after a time of its own', async (t) => {
    const { east, hello, earth } = cluster;
    const linker = await east.startLinker('linkerd-latency', cluster.forLinkers);
    t.after(() => linker.close());
    t.after(() => {
      earth.delayMs = 0;
      hello.delayMs = 0;
    });
    await gatherOnEast(t);
    assert.equal((await ask(east.httpProxy, 'http://hello')).body, `Hello (${hello.ip}) earth (${earth.ip})!!`);

    const timed = async (url: string): Promise<{ status: number; error: string; tookMs: number }> => {
      const start = performance.now();
      const { status, headers } = await ask(east.httpProxy, url);
      const error = decodeURIComponent(String(headers['l5d-err'])).replaceAll('+', ' ');
      return { status, error, tookMs: performance.now() - start };
    };
    hello.delayMs = 300;
    assert.equal((await timed('http://hello')).status, 200);
    for (const [app, url, ms] of [
      [hello, 'http://hello', 600],
      [earth, 'http://world', 100],
    ] as const) {
      app.delayMs = 5000;
      const { status, error, tookMs } = await timed(url);
      assert.equal(status, 503);
      assert.match(error, new RegExp(`^exceeded ${ms}\\.milliseconds to unspecified while waiting for a response`));
      assert.ok(tookMs >= ms - 1 && tookMs < 5000, `${tookMs} ms`);
    }
  });
});

describe('linkerd-ingress.yml', () => {
  test('takes calls from outside at a port of its own, by domains that mean nothing inside', async (t) => {
    const { east, hello, earth } = cluster;
    const linker = await east.startLinker('linkerd-ingress', cluster.forLinkers);
    t.after(() => linker.close());
    await gatherOnEast(t);
    const ingress = `${linker.host}:4142`;
    const { body } = await ask(ingress, 'http://www.hello.world/');
    assert.equal(body, `Hello (${hello.ip}) earth (${earth.ip})!!`);
    assert.equal(hello.seen[0]?.via, '1.1 linkerd, 1.1 linkerd');
    assert.equal((await ask(ingress, 'http://hello/')).status, 502);
    assert.equal((await ask(east.httpProxy, 'http://www.hello.world/')).status, 502);
  });
});

describe('linkerd-egress.yml', () => {
  test('takes names of the cluster to linkers, others to DNS, with TLS where the port is that of HTTPS', async (t) => {
    const { east, hello, earth } = cluster;
    const ca = makeCa('a CA the system trusts');
    const trust = join(temporaryDirectory(t), 'ca.pem');
    writeFileSync(trust, ca.cert);
    const asked: string[] = [];
    const plain = createServer((request, response) => {
      asked.push(`${request.headers.host} ${request.url}`);
      response.end();
    });
    const secure = createTlsServer(ca.issue({ cn: 'x', dns: ['localhost'] }), (request, response) => {
      asked.push(`${request.headers.host} ${request.url} as ${(request.socket as TLSSocket).servername}`);
      response.end();
    });
    const [http, https] = [await listening(t, plain), await listening(t, secure)];
    const linker = await east.startLinker('linkerd-egress', cluster.forLinkers, {
      env: { NODE_EXTRA_CA_CERTS: trust },
      // Not everyone may listen on port 443.
      edit: (yaml) => yaml.replace('/$/io.buoyant.rinet/443/', `/$/io.buoyant.rinet/${https}/`),
    });
    t.after(() => linker.close());

    const status = async (url: string): Promise<number> => (await ask(east.httpProxy, url)).status;
    await gatherOnEast(t);
    assert.equal((await ask(east.httpProxy, 'http://hello')).body, `Hello (${hello.ip}) earth (${earth.ip})!!`);
    await counted(linker, `rt/outgoing/client/${daemonset}/#/io.l5d.k8s.ds/default/http/world-v1/requests`, 1);

    assert.equal(await status(`http://localhost:${http}/a`), 200);
    assert.equal(await status(`http://localhost:${https}/b`), 200);
    assert.deepEqual(asked, [`localhost:${http} /a`, `localhost:${https} /b as localhost`]);
    assert.equal(await status(`http://127.0.0.1:${https}/c`), 502, 'the certificate is not for this name');
    const nowhere = onLoopback(east.ip(99));
    assert.match((await ask(east.httpProxy, `http://${nowhere}/`)).body, new RegExp(`rinet/80/${nowhere}\n`));
  });
});

/** Puts all on one node, so that one linker is enough: `world` is `earth`. */
async function gatherOnEast(t: TestContext): Promise<void> {
  t.after(() => cluster.serve('world-v1', { ip: cluster.world.ip, node: 'west' }));
  await cluster.serve('world-v1', { ip: cluster.earth.ip, node: 'east' });
}

/** The port of a server of this host, which is closed at the end. */
async function listening(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}
