import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { makeInterpreter } from '#core/interpreters/make-interpreter.ts';
import { makeNamers } from '#core/namers/make-namers.ts';
import { utilityNamers } from '#core/namers/utility/utilities.ts';
import { concatDtab } from '#core/naming/dtab.ts';
import { metaKeys } from '#core/naming/meta.ts';
import type { Addr } from '#core/naming/name.ts';
import { evaluate } from '#core/naming/name-tree.ts';
import { readDtab } from '#core/naming/parse.ts';
import { Path } from '#core/naming/path.ts';
import { Activity } from '#core/reactive/activity.ts';
import { loadLinkerConfig } from '#sidecar/config.ts';
import { FakeApiServer } from '#test/helpers/fake-api-server.ts';
import { type Manifest, pathOf, pod, service, slice } from '#test/helpers/kube-objects.ts';
import { worldWith } from '#test/helpers/observed.ts';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { within } from '#test/helpers/within.ts';
import { linkers } from '#test/inject/scene.ts';
import { linkerConfigFor } from '#webhook/linker-config.ts';

/** Where the routers of a shipped configuration send names, in a cluster with a few services. */
async function shipped(t: TestContext, mode: 'sidecar' | 'node') {
  const fake = await FakeApiServer.start(t);
  const put = (object: Manifest, namespace = 'default'): void => {
    const there = { ...object, metadata: { ...object.metadata, namespace } };
    fake.put(pathOf(there), there);
  };
  // web: port 80, one replica with a sidecar, one without. api: a port named http that is not 80. db: another namespace.
  put(service('web', [{ name: 'web', port: 80, targetPort: 'main' }]));
  put(
    slice(
      'web',
      'web-1',
      [
        { ip: '127.0.0.1', pod: 'web-a', node: 'n1' },
        { ip: '10.0.0.2', pod: 'web-b', node: 'n2' },
      ],
      { web: 8080 },
    ),
  );
  put(pod('web-a', { 'heddle.io/linked': 'sidecar' }));
  put(pod('web-b', {}));
  put(service('api', [{ name: 'http', port: 9000 }]));
  put(slice('api', 'api-1', [{ ip: '10.0.0.3', pod: 'api-a' }], { http: 9000 }));
  put(pod('api-a', {}));
  put(service('db', [{ name: 'http', port: 5432 }]), 'other');
  put(slice('db', 'db-1', [{ ip: '10.0.0.4' }], { http: 5432 }), 'other');

  const kubeconfig = join(temporaryDirectory(t), 'config');
  const cluster = { server: `http://127.0.0.1:${fake.port}` };
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      clusters: [{ name: 'c', cluster }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    }),
  );
  const resolve = async (host: string): Promise<readonly string[]> => {
    if (host === 'example.com') return ['192.0.2.1'];
    throw new Error(`${host} is not known`);
  };
  const world = { ...worldWith({ KUBECONFIG: kubeconfig, NODE_NAME: 'n1', POD_IP: '127.0.0.1' }), resolve };
  const { value } = loadLinkerConfig(linkerConfigFor(linkers[mode], 'default'), `${mode}.yaml`);
  const utilities = utilityNamers(world);
  const namers = { configured: makeNamers(value.namers, world, utilities), utilities };

  /** `id: addresses`, each with how it is linked. */
  return async (label: 'outgoing' | 'incoming', name: string, override = ''): Promise<string> => {
    const router = value.routers.find((r) => r.label === label);
    assert.ok(router);
    const bound = makeInterpreter(router.interpreter, { namers, world }).bind(
      concatDtab(router.dtab, readDtab(override)),
      Path.read(name),
    );
    const first = bound.flatMap((tree) => {
      const [leaf] = evaluate(tree) ?? [];
      return leaf === undefined ? Activity.value('neg') : leaf.addr.map((addr) => `${leaf.id.show}: ${show(addr)}`);
    });
    const found = new Promise<string>((done, failed) => {
      const handle = first.states.observe((state) => {
        if (state.kind === 'ok') done(state.value);
        if (state.kind === 'failed') failed(state.error);
      });
      t.after(() => handle.close());
    });
    return within(5000, found, () => name);
  };
}

function show(addr: Addr): string {
  if (addr.kind === 'neg') return 'nobody';
  return addr.addresses
    .map(
      ({ host, port, meta }) =>
        `${host}:${port}${meta[metaKeys.linked] === undefined ? '' : ` ${meta[metaKeys.linked]}`}`,
    )
    .sort()
    .join(', ');
}

const linked = '/%/io.heddle.k8s.linked';
const web = `${linked}/#/io.l5d.k8s/default/80/web: 10.0.0.2:8080 none, 127.0.0.1:4141 sidecar`;

for (const mode of ['sidecar', 'node'] as const) {
  test(`${mode}: a service is found by every name and port that workloads use`, async (t) => {
    const bound = await shipped(t, mode);
    for (const host of ['web', 'web.default', 'web.default.svc', 'web.default.svc.cluster.local']) {
      for (const port of ['', ':80']) assert.equal(await bound('outgoing', `/svc/${host}${port}`), web, host + port);
    }
    const db = `${linked}/#/io.l5d.k8s/other/5432/db: 10.0.0.4:5432 none`;
    for (const host of ['db.other', 'db.other.svc', 'db.other.svc.example']) {
      assert.equal(await bound('outgoing', `/svc/${host}:5432`), db, host);
    }
  });

  test(`${mode}: without a port, a service without port 80 is reached at the one named http`, async (t) => {
    const bound = await shipped(t, mode);
    assert.equal(await bound('outgoing', '/svc/api'), `${linked}/#/io.l5d.k8s/default/http/api: 10.0.0.3:9000 none`);
    assert.equal(await bound('outgoing', '/svc/db.other'), `${linked}/#/io.l5d.k8s/other/http/db: 10.0.0.4:5432 none`);
  });

  test(`${mode}: everything else is left to DNS, in plain text`, async (t) => {
    const bound = await shipped(t, mode);
    assert.equal(
      await bound('outgoing', '/svc/example.com'),
      `${linked}/$/io.buoyant.rinet/80/example.com: 192.0.2.1:80 none`,
    );
    assert.equal(
      await bound('outgoing', '/svc/example.com:8080'),
      `${linked}/$/io.buoyant.rinet/8080/example.com: 192.0.2.1:8080 none`,
    );
    assert.equal(
      await bound('outgoing', '/svc/192.0.2.7:9000'),
      `${linked}/$/io.buoyant.rinet/9000/192.0.2.7: 192.0.2.7:9000 none`,
    );
    assert.equal(await bound('outgoing', '/svc/nowhere'), `${linked}/$/io.buoyant.rinet/80/nowhere: nobody`);
  });

  test(`${mode}: a request may send a host elsewhere for itself`, async (t) => {
    const bound = await shipped(t, mode);
    assert.equal(await bound('outgoing', '/svc/api', '/host/api => /srv/web'), web);
    assert.equal(await bound('outgoing', '/svc/api', '/host/api => /srv/web.default'), web);
  });

  test(`${mode}: the receiving linker keeps to its own pods, of the very service that was chosen`, async (t) => {
    const bound = await shipped(t, mode);
    const own = mode === 'sidecar' ? '/%/io.l5d.localhost' : '/%/io.l5d.k8s.localnode/n1';
    const [id = ''] = web.split(': ');
    const chosen = `${own}/#/io.l5d.k8s/default/80/web: 127.0.0.1:8080`;
    assert.equal(await bound('incoming', `/svc${id}`), chosen);
    // What the sender decided by an override of its own, or by chance, is not decided again.
    assert.equal(await bound('incoming', `/svc${id}`, '/host/web => 1 * /srv/web & 1 * /srv/api'), chosen);
    assert.equal(
      await bound('incoming', `/svc${linked}/#/io.l5d.k8s/other/http/db`),
      `${own}/#/io.l5d.k8s/other/http/db: nobody`,
    );
    assert.equal(await bound('incoming', `/svc${linked}/$/inet/192.0.2.1/80`), 'neg');
  });
}
