import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakeApiServer } from '#test/helpers/fake-api-server.ts';
import { pathOf, type Replica, slice } from '#test/helpers/kube-objects.ts';
import { worldWith } from '#test/helpers/observed.ts';
import { Transformed } from '#test/helpers/transformed.ts';
import type { Address } from '../naming/name.ts';
import { daemonsetTransformer } from './k8s-daemonset.ts';

const at = (host: string, nodeName?: string): Address => ({
  host,
  port: 80,
  weight: 1,
  meta: nodeName === undefined ? {} : { nodeName },
});

async function start(t: TestContext, linkers: readonly Replica[], config: object = {}) {
  const fake = await FakeApiServer.start(t);
  const put = (all: readonly Replica[]): void => {
    const l5d = slice('l5d', 'l5d-1', all, { incoming: 4141 });
    fake.put(pathOf(l5d), l5d);
  };
  put(linkers);
  const parsed = daemonsetTransformer.schema.parse({
    kind: 'io.l5d.k8s.daemonset',
    namespace: 'default',
    service: 'l5d',
    port: 'incoming',
    k8sHost: '127.0.0.1',
    k8sPort: fake.port,
    ...config,
  });
  const transformer = daemonsetTransformer.make(parsed, worldWith({}));
  return { fake, put, seen: new Transformed(t, transformer, ({ host, port }) => `${host}:${port}`) };
}

test('each address gives way to the linkers in its subnet, each of them once', async (t) => {
  const { seen, put } = await start(t, [{ ip: '10.2.2.100' }, { ip: '10.2.3.100' }, { ip: '10.2.9.100' }]);
  assert.equal(seen.id, '/%/io.l5d.k8s.daemonset/default/incoming/l5d/#/x');
  seen.set([at('10.2.2.1'), at('10.2.2.2'), at('10.2.3.1')]);
  await seen.until('10.2.2.100:4141 10.2.3.100:4141');
  seen.set([at('10.2.9.1')]);
  await seen.until('10.2.9.100:4141');
  put([{ ip: '10.2.9.101' }, { ip: '10.2.9.102' }]);
  await seen.until('10.2.9.101:4141 10.2.9.102:4141');
});

test('with hostNetwork the node counts, and only where it is known', async (t) => {
  const linkers = [{ ip: '192.168.0.1', node: 'a' }, { ip: '192.168.0.2', node: 'b' }, { ip: '192.168.0.3' }];
  const { seen } = await start(t, linkers, { hostNetwork: true });
  seen.set([at('10.2.2.1', 'b')]);
  await seen.until('192.168.0.2:4141');
  seen.set([at('192.168.0.9'), at('10.2.2.1', 'c')]);
  await seen.until('neg');
});

test('without addresses, without linkers near them, or without any linkers, the address is neg', async (t) => {
  const { seen, put } = await start(t, [{ ip: '10.2.2.100' }]);
  assert.deepEqual(seen.history, ['pending']);
  seen.set([]);
  await seen.until('neg');
  seen.set([at('10.2.2.1')]);
  await seen.until('10.2.2.100:4141');
  seen.set(undefined);
  await seen.until('neg');
  seen.set([at('10.2.3.1')]);
  await seen.until('neg');
  seen.set([at('10.2.2.1')]);
  put([{ ip: '10.2.2.100', ready: false }]);
  await seen.until('neg');
});

test('keys that are required are asked for in the words of Linkerd', () => {
  const { error } = daemonsetTransformer.schema.safeParse({ kind: 'io.l5d.k8s.daemonset' });
  assert.deepEqual(
    error?.issues.map((issue) => issue.message),
    [
      'io.l5d.k8s.daemonset: namespace property is required',
      'io.l5d.k8s.daemonset: service property is required',
      'io.l5d.k8s.daemonset: port property is required',
    ],
  );
});
