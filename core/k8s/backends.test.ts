import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupOfEndpoints, groupsOfSlices } from './backends.ts';
import type { EndpointSlice } from './resources.ts';

const slice = (ips: readonly string[], more: Partial<EndpointSlice> = {}): EndpointSlice => ({
  addressType: 'IPv4',
  endpoints: ips.map((ip) => ({ addresses: [ip] })),
  ports: [{ name: 'http', port: 80 }],
  ...more,
});

const ips = (slices: readonly EndpointSlice[]): string[] =>
  groupsOfSlices(slices).flatMap((group) => group.backends.map((b) => b.ip));

test('each slice is a group with its own ports', () => {
  const groups = groupsOfSlices([slice(['10.0.0.1']), slice(['10.0.0.2'], { ports: [{ name: 'http', port: 81 }] })]);
  assert.deepEqual(
    groups.map((g) => [g.ports.get('http'), g.backends.map((b) => b.ip)]),
    [
      [80, ['10.0.0.1']],
      [81, ['10.0.0.2']],
    ],
  );
});

test('a replica is ready unless its slice says that it is not', () => {
  const endpoints = [
    { addresses: ['10.0.0.1'] },
    { addresses: ['10.0.0.2'], conditions: {} },
    { addresses: ['10.0.0.3'], conditions: { ready: null } },
    { addresses: ['10.0.0.4'], conditions: { ready: true } },
    { addresses: ['10.0.0.5'], conditions: { ready: false } },
    { addresses: [] },
  ];
  assert.deepEqual(ips([slice([], { endpoints })]), ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4']);
});

test('a replica in two slices, on its way between them, is one', () => {
  assert.deepEqual(ips([slice(['10.0.0.1', '10.0.0.2']), slice(['10.0.0.2', '10.0.0.3'])]), [
    '10.0.0.1',
    '10.0.0.2',
    '10.0.0.3',
  ]);
});

test('of two families IPv4 is used, IPv6 where there is no other, and names never', () => {
  const v6 = slice(['fd00::1'], { addressType: 'IPv6' });
  const fqdn = slice(['a.example.org'], { addressType: 'FQDN' });
  assert.deepEqual(ips([v6, slice(['10.0.0.1']), fqdn]), ['10.0.0.1']);
  assert.deepEqual(ips([v6, fqdn]), ['fd00::1']);
  assert.deepEqual(ips([fqdn]), []);
});

test('only TCP ports count, TCP being what is meant by nothing', () => {
  const ports = [
    { name: 'a', port: 1 },
    { name: 'b', port: 2, protocol: 'TCP' },
    { name: 'c', port: 3, protocol: 'UDP' },
    { port: 4 },
    { name: 'e', port: null },
  ];
  const [group] = groupsOfSlices([slice([], { ports })]);
  assert.deepEqual(
    [...(group?.ports ?? [])],
    [
      ['a', 1],
      ['b', 2],
      ['', 4],
    ],
  );
});

test('the node and the pod of a replica are kept', () => {
  const endpoints = [
    { addresses: ['10.0.0.1'], nodeName: 'n1', targetRef: { kind: 'Pod', namespace: 'ns', name: 'p' } },
    { addresses: ['10.0.0.2'], targetRef: { kind: 'Pod', name: 'q' } },
    { addresses: ['10.0.0.3'], targetRef: { kind: 'Node', name: 'n3' } },
  ];
  const [group] = groupsOfSlices([slice([], { endpoints, metadata: { namespace: 'own' } })]);
  assert.deepEqual(group?.backends, [
    { ip: '10.0.0.1', nodeName: 'n1', pod: 'ns/p' },
    { ip: '10.0.0.2', nodeName: undefined, pod: 'own/q' },
    { ip: '10.0.0.3', nodeName: undefined, pod: undefined },
  ]);
});

test('the subsets of Endpoints are one group, as in Linkerd; none is nothing', () => {
  const subsets = [
    { addresses: [{ ip: '10.0.0.1' }], ports: [{ name: 'http', port: 80 }] },
    { addresses: [{ ip: '10.0.0.2' }, { ip: '10.0.0.1' }], ports: [{ name: 'admin', port: 90 }] },
    { addresses: null, ports: null },
  ];
  const [group, ...others] = groupOfEndpoints({ subsets });
  assert.deepEqual(others, []);
  assert.deepEqual(
    group?.backends.map((b) => b.ip),
    ['10.0.0.1', '10.0.0.2'],
  );
  assert.deepEqual(
    [...(group?.ports ?? [])],
    [
      ['http', 80],
      ['admin', 90],
    ],
  );
  assert.deepEqual(groupOfEndpoints({}), []);
  assert.deepEqual(groupOfEndpoints({ subsets: null }), []);
  assert.deepEqual(groupOfEndpoints({ subsets: [] }), []);
});
