import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeApiServer } from '#test/helpers/fake-api-server.ts';
import { pathOf, slice } from '#test/helpers/kube-objects.ts';
import { Observed, worldWith } from '#test/helpers/observed.ts';
import { valueNow } from '#test/helpers/state-now.ts';
import { Path } from '../naming/path.ts';
import { k8sNsNamer } from './k8s-ns.ts';

test('linkerd1: k8s.ns, k8s.external: names of k8s.ns begin with the port, in the namespace of the environment', async (t) => {
  const fake = await FakeApiServer.start(t);
  const make = (config: object, env: Record<string, string>) =>
    k8sNsNamer.make(
      k8sNsNamer.schema.parse({ kind: 'io.l5d.k8s.ns', host: '127.0.0.1', port: fake.port, ...config }),
      worldWith(env),
    );
  const web = slice('web', 'web-1', [{ ip: '10.0.0.1' }]);
  fake.put(pathOf(web), web);
  const namer = make({}, { POD_NAMESPACE: 'default' });
  const seen = new Observed(t, namer, '/HTTP/web/rest');
  await seen.until('10.0.0.1:8080');
  const tree = valueNow(namer.lookup(Path.read('/HTTP/web/rest')));
  assert.ok(tree.kind === 'leaf' && tree.value.kind === 'bound');
  assert.equal(tree.value.id.show, '/#/io.l5d.k8s.ns/http/web');
  assert.equal(tree.value.residual.show, '/rest');
  assert.equal(valueNow(namer.lookup(Path.read('/http'))).kind, 'neg');
  assert.deepEqual([...(namer.followed?.().keys() ?? [])], ['/default/http/web']);
  await new Observed(t, make({ envVar: 'MINE' }, { MINE: 'other' }), '/http/web').until('neg');
  assert.throws(() => make({ envVar: 'MINE' }, {}), /could not find namespace for envVar: MINE is not set/);
});
