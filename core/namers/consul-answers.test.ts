import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCatalog, readHealth, readSelf } from './consul-answers.ts';

const check = (Status: string, CheckID = 'service:web') => ({ Node: 'n1', CheckID, Status });
const healthOf = (...Checks: readonly object[]) =>
  readHealth([{ Node: { Address: '10.0.0.1' }, Service: { Port: 1 }, Checks }])[0]?.health;

test('an instance of the catalog', () => {
  const answer = [
    {
      Node: 'n1',
      Address: '10.0.0.1',
      ServiceAddress: '10.0.1.1',
      ServicePort: 80,
      ServiceTags: ['a', 'b'],
      ServiceMeta: { region: 'eu' },
      CreateIndex: 5,
    },
  ];
  const instance = {
    serviceHost: '10.0.1.1',
    nodeHost: '10.0.0.1',
    port: 80,
    tags: ['a', 'b'],
    meta: { region: 'eu' },
    health: 'passing',
  };
  assert.deepEqual(readCatalog(answer), [instance]);
});

test('an instance with its health', () => {
  const answer = [
    {
      Node: { Node: 'n1', Address: '10.0.0.1' },
      Service: { Address: '10.0.1.1', Port: 80, Tags: ['a'], Meta: { region: 'eu' } },
      Checks: [check('warning')],
    },
  ];
  const instance = {
    serviceHost: '10.0.1.1',
    nodeHost: '10.0.0.1',
    port: 80,
    tags: ['a'],
    meta: { region: 'eu' },
    health: 'warning',
  };
  assert.deepEqual(readHealth(answer), [instance]);
});

test('what Consul leaves out or writes as null is empty', () => {
  const empty = { serviceHost: '', nodeHost: '', port: 0, tags: [], meta: {}, health: 'passing' };
  assert.deepEqual(readCatalog([{ ServiceTags: null, ServiceMeta: null }]), [empty]);
  assert.deepEqual(readHealth([{ Node: {}, Service: { Tags: null, Meta: null } }]), [empty]);
});

test('the health is that of the worst check; a check that is not known is passing', () => {
  assert.equal(healthOf(), 'passing');
  assert.equal(healthOf(check('passing'), check('warning')), 'warning');
  assert.equal(healthOf(check('critical'), check('warning')), 'critical');
  assert.equal(healthOf(check('splendid')), 'passing');
});

test('maintenance, of the node or the service, is worse than critical', () => {
  assert.equal(healthOf(check('critical', '_node_maintenance'), check('critical')), 'maintenance');
  assert.equal(healthOf(check('passing'), check('critical', '_service_maintenance:web-1')), 'maintenance');
  assert.equal(healthOf(check('critical', 'my_node_maintenance')), 'critical');
});

test('what no agent says is refused', () => {
  for (const answer of [null, {}, 'web', [1], [{ ServicePort: '80' }]]) assert.throws(() => readCatalog(answer));
  for (const answer of [null, {}, [{ Service: {} }], [{ Node: {}, Service: { Port: '80' } }]]) {
    assert.throws(() => readHealth(answer));
  }
  assert.throws(() => readSelf(null));
});

test('the domain of an agent is read without its dots, from where old and new agents have it', () => {
  const datacenter = 'dc1';
  assert.deepEqual(readSelf({ Config: { Datacenter: datacenter, Domain: '.consul.acme.' } }), {
    datacenter,
    domain: 'consul.acme',
  });
  assert.deepEqual(readSelf({ Config: { Datacenter: datacenter }, DebugConfig: { DNSDomain: 'acme.' } }), {
    datacenter,
    domain: 'acme',
  });
  assert.deepEqual(readSelf({}), { datacenter: '', domain: '' });
});
