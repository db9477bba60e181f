import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stateNow, valueNow } from '#test/helpers/state-now.ts';
import { Activity, failed, ok, pending, type State } from '../reactive/activity.ts';
import { constant } from '../reactive/var.ts';
import { addrJson } from './addr-json.ts';
import { addrOfTree, withoutTags } from './addr-of.ts';
import { type Addr, address, type Bound, boundAddr, boundName, weightedAddress } from './name.ts';
import { alt, empty, fail, leaf, type NameTree, neg, union } from './name-tree.ts';
import { Path } from './path.ts';
import { treeJson } from './tree-json.ts';

const at = (state: State<Addr>): NameTree<Bound> =>
  leaf(boundName(Path.read('/#/x'), Path.empty, new Activity(constant(state))));
const here = at(ok(boundAddr(address('10.0.0.1', 80))));
const there = at(ok(boundAddr(address('10.0.0.2', 80))));
const nowhere = at(ok({ kind: 'neg' }));
const away = at(failed(new Error('away')));
const slow = at(pending);
const of = (...trees: NameTree<Bound>[]): NameTree<Bound> => union(...trees.map((tree) => ({ weight: 1, tree })));

function shown(tree: NameTree<Bound>): string {
  const text = JSON.stringify(addrJson(stateNow(addrOfTree(tree))));
  return text.replaceAll(/"(?:port|meta|type)":(?:\{\}|80|"bound"),?|[{}"[\]]/g, '');
}

test('the addresses of a union are those of all branches, as far as they are known', () => {
  assert.equal(shown(of(here, there)), 'addrs:ip:10.0.0.1,,ip:10.0.0.2,,');
  for (const other of [nowhere, away, slow, empty]) assert.equal(shown(of(here, other)), 'addrs:ip:10.0.0.1,,');
  assert.equal(shown(of(nowhere, nowhere)), 'type:neg');
  assert.equal(shown(of(nowhere, slow)), 'type:pending');
  assert.equal(shown(of(away, away)), 'type:failed,cause:away');
});

test('of alternatives the first counts; what leads nowhere is neg', () => {
  assert.equal(shown(alt(neg, there, here)), 'addrs:ip:10.0.0.2,,');
  for (const tree of [neg, fail, empty]) assert.equal(shown(tree), 'type:neg');
});

test('an id without its tags is the path that namers look up', () => {
  assert.equal(withoutTags(Path.read('/%/io.l5d.port/4141/#/io.l5d.fs/web')).show, '/#/io.l5d.fs/web');
  assert.equal(withoutTags(Path.read('/%/t/$/inet/1/2')).show, '/$/inet/1/2');
  assert.equal(withoutTags(Path.read('/#/x')).show, '/#/x');
  assert.equal(withoutTags(Path.read('/%/t')).show, '/%/t');
});

test('a bound tree in JSON waits for every address, and shows weights of unions and of addresses', () => {
  const weighted = leaf<Bound>({
    ...boundName(
      Path.read('/#/x'),
      Path.of('r'),
      Activity.value({ ...boundAddr(weightedAddress('::1', 80, 2)), meta: { authority: 'web' } }),
    ),
    unionWeight: 0.5,
  });
  const shownTree = valueNow(treeJson(alt(union({ weight: 0.5, tree: weighted }, { weight: 1, tree: empty }), neg)));
  const bound = {
    addr: {
      type: 'bound',
      addrs: [{ ip: '::1', port: 80, meta: { endpoint_addr_weight: 2 } }],
      meta: { authority: 'web', namer_nametree_weight: 0.5 },
    },
    id: '/#/x',
    path: '/r',
  };
  const branches = [
    { weight: 0.5, tree: { type: 'leaf', bound } },
    { weight: 1, tree: { type: 'empty' } },
  ];
  assert.deepEqual(shownTree, { type: 'alt', alt: [{ type: 'union', union: branches }, { type: 'neg' }] });
  assert.deepEqual(stateNow(treeJson(of(here, slow))), pending);
  assert.deepEqual(addrJson(pending), { type: 'pending' });
});
