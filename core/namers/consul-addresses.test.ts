import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '#core/clock.ts';
import type { HostResolver } from '#core/host.ts';
import { weightedAddress } from '#core/naming/name.ts';
import { settled } from '#core/reactive/settled.ts';
import { type AddressChoice, addressesOf } from './consul-addresses.ts';
import type { Instance } from './consul-answers.ts';

const noNames: HostResolver = () => Promise.reject(new Error('no such host'));
const plain: AddressChoice = { preferServiceAddress: true, weights: [] };

const instance = (fields: Partial<Instance>): Instance => ({
  serviceHost: '',
  nodeHost: '10.0.0.1',
  port: 80,
  tags: [],
  meta: {},
  health: 'passing',
  ...fields,
});

async function found(
  instances: readonly Partial<Instance>[],
  choice: Partial<AddressChoice> = {},
  resolve: HostResolver = noNames,
) {
  const addresses = addressesOf(instances.map(instance), { ...plain, ...choice }, resolve);
  const state = await settled(addresses, systemClock, 1000);
  assert.equal(state.kind, 'ok');
  return state.kind === 'ok' ? state.value : [];
}

test('the address of the service goes before that of the node, unless told otherwise', async () => {
  const both = [{ serviceHost: '10.0.1.1' }, { nodeHost: '10.0.0.2' }];
  assert.deepEqual(await found(both), [weightedAddress('10.0.1.1', 80, 1), weightedAddress('10.0.0.2', 80, 1)]);
  assert.deepEqual(await found(both, { preferServiceAddress: false }), [
    weightedAddress('10.0.0.1', 80, 1),
    weightedAddress('10.0.0.2', 80, 1),
  ]);
});

test('an instance weighs as the heaviest of its tags; 1 without any that has a weight', async () => {
  const weights = [
    { tag: 'big', weight: 3 },
    { tag: 'small', weight: 0.5 },
  ];
  const tagged = [{ tags: ['small', 'big', 'other'] }, { tags: ['small'] }, { tags: ['other'] }];
  const all = await found(tagged, { weights });
  assert.deepEqual(
    all.map((each) => each.weight),
    [3, 0.5, 1],
  );
});

test('an instance without port or address is left out', async () => {
  const bad = [{ port: 0 }, { port: 65536 }, { port: 1.5 }, { nodeHost: '' }, { port: 81 }];
  assert.deepEqual(await found(bad), [weightedAddress('10.0.0.1', 81, 1)]);
});

test('the same address twice is one', async () => {
  assert.equal((await found([{}, {}, { port: 81 }])).length, 2);
});

test('a host name stands for all of its addresses; one that does not resolve is left out', async () => {
  const resolve: HostResolver = async (host) =>
    host === 'web.example' ? ['10.0.3.1', '10.0.3.2'] : Promise.reject(new Error('no such host'));
  const all = await found([{ serviceHost: 'web.example' }, { serviceHost: 'gone.example' }, {}], {}, resolve);
  assert.deepEqual(
    all.map((each) => each.host),
    ['10.0.3.1', '10.0.3.2', '10.0.0.1'],
  );
});

test('numeric addresses are known at once', () => {
  let states = 0;
  addressesOf([instance({ nodeHost: '::1' })], plain, noNames).states.observe((state) => {
    states += 1;
    assert.equal(state.kind, 'ok');
  });
  assert.equal(states, 1);
});

test('names that resolve after it was closed are not heard', async () => {
  let resolved = (_: readonly string[]): void => {};
  const resolve: HostResolver = () =>
    new Promise((done) => {
      resolved = done;
    });
  const seen: string[] = [];
  const handle = addressesOf([instance({ nodeHost: 'web.example' })], plain, resolve).states.observe(({ kind }) => {
    seen.push(kind);
  });
  handle.close();
  resolved(['10.0.0.1']);
  await new Promise((next) => setImmediate(next));
  assert.deepEqual(seen, ['pending']);
});
