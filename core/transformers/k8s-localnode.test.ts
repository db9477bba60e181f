import assert from 'node:assert/strict';
import { test } from 'node:test';
import { worldWith } from '#test/helpers/observed.ts';
import { type Addr, type Address, boundName } from '../naming/name.ts';
import { Path } from '../naming/path.ts';
import { Activity } from '../reactive/activity.ts';
import { localnodeTransformer } from './k8s-localnode.ts';

const address = (host: string, nodeName?: string): Address => ({
  host,
  port: 80,
  weight: 1,
  meta: nodeName === undefined ? {} : { nodeName },
});
const all = [address('10.2.2.1', 'a'), address('10.2.3.1', 'b'), address('10.2.3.2')];

function kept(config: object, env: Record<string, string>, addresses = all): { id: string; hosts: readonly string[] } {
  const schema = localnodeTransformer.schema.parse({ kind: 'io.l5d.k8s.localnode', ...config });
  const transformer = localnodeTransformer.make(schema, worldWith(env));
  const addr: Addr = { kind: 'bound', addresses };
  const bound = transformer.each?.(boundName(Path.read('/#/x'), Path.empty, Activity.value(addr)));
  let hosts: readonly string[] = ['neg'];
  bound?.addr.states.observe((state) => {
    if (state.kind === 'ok' && state.value.kind === 'bound') hosts = state.value.addresses.map((a) => a.host);
  });
  return { id: bound?.id.show ?? '', hosts };
}

test('addresses in the subnet of POD_IP are kept', () => {
  assert.deepEqual(kept({}, { POD_IP: '10.2.3.77' }), {
    id: '/%/io.l5d.k8s.localnode/10.2.3.77/#/x',
    hosts: ['10.2.3.1', '10.2.3.2'],
  });
});

test('with hostNetwork, addresses on the node NODE_NAME are kept', () => {
  assert.deepEqual(kept({ hostNetwork: true }, { NODE_NAME: 'b' }), {
    id: '/%/io.l5d.k8s.localnode/b/#/x',
    hosts: ['10.2.3.1'],
  });
});

test('a prefix stands in the place of the kind and the node', () => {
  assert.equal(kept({ prefix: '/here' }, { POD_IP: '10.2.3.77' }).id, '/%/here/#/x');
});

test('if none is left, the address is neg', () => {
  assert.deepEqual(kept({}, { POD_IP: '10.9.9.9' }).hosts, ['neg']);
  assert.deepEqual(kept({}, { POD_IP: '10.2.3.77' }, []).hosts, ['neg']);
});

test('a variable that is missing, or no address, is an error at the start', () => {
  const ip = { message: "POD_IP env variable must be set to the pod's IP" };
  assert.throws(() => kept({}, {}), ip);
  assert.throws(() => kept({}, { NODE_NAME: 'b' }), ip);
  assert.throws(() => kept({}, { POD_IP: 'b' }), ip);
  const name = { message: "NODE_NAME env variable must be set to the node's name" };
  assert.throws(() => kept({ hostNetwork: true }, { POD_IP: '10.2.3.77' }), name);
  assert.throws(() => kept({ hostNetwork: true }, { NODE_NAME: '' }), name);
});
