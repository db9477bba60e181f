import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakeApiServer } from '#test/helpers/fake-api-server.ts';
import { Observed, worldWith } from '#test/helpers/observed.ts';
import { k8sExternalNamer } from './k8s-external.ts';
import { namerKinds } from './kinds.ts';

async function start(t: TestContext, config: object = {}) {
  const fake = await FakeApiServer.start(t);
  const section = { kind: 'io.l5d.k8s.external', experimental: true, host: '127.0.0.1', port: fake.port, ...config };
  const resolve = async (host: string) => (host === 'lb.example' ? ['192.0.2.1', '192.0.2.2'] : []);
  const namer = k8sExternalNamer.make(namerKinds.schema.parse(section), { ...worldWith({}), resolve });
  const put = (ports: object[], ingress: object[], labels = {}): void =>
    fake.put('/api/v1/namespaces/default/services/web', {
      metadata: { labels },
      spec: { ports },
      status: { loadBalancer: { ingress } },
    });
  return { fake, namer, put };
}

const http = { name: 'http', port: 80 };

test('linkerd1: k8s.ns, k8s.external: k8s.external is where the load balancer is, on the port of the Service', async (t) => {
  const { fake, namer, put } = await start(t);
  const web = new Observed(t, namer, '/Default/http/web');
  await web.until('neg');
  put([http], []);
  put([http], [{ ip: '203.0.113.1' }]);
  await web.until('203.0.113.1:80');
  put([{ name: 'http', port: 81 }], [{ ip: '203.0.113.1' }, { ip: '203.0.113.2' }]);
  await web.until('203.0.113.2:81');
  await new Observed(t, namer, '/default/81/web').until('203.0.113.2:81');
  await new Observed(t, namer, '/default/80/web').until('neg');
  put([http], [{ hostname: 'lb.example' }]);
  await web.until('192.0.2.1:80 192.0.2.2:80');
  put([http], [{ hostname: 'gone.example' }]);
  await web.until('none');
  put([http], []);
  await web.until('neg');
  assert.equal(fake.lists('services'), 1);
});

test('with a label selector the service must have the value that the name ends with', async (t) => {
  const { namer, put } = await start(t, { labelSelector: 'tier' });
  put([http], [{ ip: '203.0.113.1' }], { tier: 'front' });
  await new Observed(t, namer, '/default/http/web/front').until('203.0.113.1:80');
  await new Observed(t, namer, '/default/http/web/back').until('neg');
  await new Observed(t, namer, '/default/http/web').until('neg');
});

test('it is experimental', () => {
  const refusal = namerKinds.schema.safeParse({ kind: 'io.l5d.k8s.external' }).error?.issues[0]?.message;
  assert.match(refusal ?? '', /The \/io\.l5d\.k8s\.external namer is experimental/);
});
