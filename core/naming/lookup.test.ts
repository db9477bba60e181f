import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stateNow } from '#test/helpers/state-now.ts';
import { Activity } from '../reactive/activity.ts';
import { lookupIn, lookupNamers, UnknownNamer } from './lookup.ts';
import { type Name, pathName } from './name.ts';
import { leaf, type NameTree, neg } from './name-tree.ts';
import type { Namer } from './namer.ts';
import { readDtab } from './parse.ts';
import { Path } from './path.ts';

/** Rewrites whatever it is asked to `/<name>/<what it was asked>`, unless that is `/none`. */
const naming = (prefix: string, name: string): Namer => ({
  prefix: Path.read(prefix),
  lookup: (path) => Activity.value(path.show === '/none' ? neg : leaf(pathName(Path.of(name).concat(path)))),
});

function asked(look: Activity<NameTree<Name>>): string {
  const state = stateNow(look);
  if (state.kind !== 'ok') return state.kind === 'failed' ? state.error.message : state.kind;
  if (state.value.kind !== 'leaf') return state.value.kind;
  return state.value.value.kind === 'path' ? state.value.value.path.show : 'bound';
}

const namers = {
  configured: [naming('/x', 'first'), naming('/x/y', 'second'), naming('/x', 'third'), naming('/', 'root')],
  utilities: [naming('/u', 'utility')],
};
const ask = (path: string): string =>
  asked(lookupNamers({ ...namers, configured: namers.configured.slice(0, 3) }, Path.read(path)));

test('of the configured namers whose prefix fits the last is asked first, and gets the rest of the path', () => {
  assert.equal(ask('/#/x/y/z'), '/third/y/z');
  assert.equal(ask('/#/x/none'), 'neg');
  assert.equal(ask('/#/xx'), 'neg');
  assert.equal(asked(lookupNamers(namers, Path.read('/#/x/y'))), '/root/x/y');
});

test('what one namer has not the next one may', () => {
  const two = { configured: [naming('/x/none', 'under'), naming('/x', 'over')], utilities: [] };
  assert.equal(asked(lookupNamers(two, Path.read('/#/x/none'))), '/under');
});

test('utility namers are asked below the dollar; an unknown one is a failure, not neg', () => {
  assert.equal(ask('/$/u/a'), '/utility/a');
  assert.equal(ask('/$/nope/a'), 'Unknown namer: nope for path: /$/nope/a');
  assert.equal(ask('/$'), 'neg');
  assert.equal(ask('/other'), 'neg');
  assert.ok(new UnknownNamer(Path.read('/$/a')) instanceof Error);
});

test('the table comes before the namers', () => {
  const look = lookupIn(readDtab('/#/x => /elsewhere'), namers);
  assert.equal(asked(look(Path.read('/#/x/y'))), '/elsewhere/y');
  assert.equal(asked(look(Path.read('/$/u'))), '/utility');
});
