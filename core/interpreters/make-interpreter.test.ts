import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stateNow, valueNow } from '#test/helpers/state-now.ts';
import { worldWithoutNames } from '#test/naming/fixture-mesh.ts';
import { utilityNamers } from '../namers/utility/utilities.ts';
import { showTree } from '../naming/name-tree.ts';
import { CannotDelegate } from '../naming/namer.ts';
import { readDtab } from '../naming/parse.ts';
import { Path } from '../naming/path.ts';
import { interpreterKinds } from './kinds.ts';
import { makeInterpreter } from './make-interpreter.ts';

const namers = { configured: [], utilities: utilityNamers(worldWithoutNames) };
const make = (config: object) =>
  makeInterpreter(interpreterKinds.schema.parse(config), { namers, world: worldWithoutNames });

const shown = (tree: ReturnType<ReturnType<typeof make>['bind']>): string => showTree(valueNow(tree), (b) => b.id.show);

test('the default interpreter has no table but the one that comes with the request', () => {
  const bound = (dtab: string): string => shown(make({ kind: 'default' }).bind(readDtab(dtab), Path.read('/svc/a')));
  assert.equal(bound(''), '~');
  assert.equal(bound('/svc => /$/inet/1.2.3.4/80'), '/$/inet/1.2.3.4/80');
});

test('its transformers apply in order, and may name what namers have', () => {
  const bound = (...transformers: object[]): string =>
    shown(make({ kind: 'default', transformers }).bind(readDtab('/svc => /$/inet/1.2.3.4/80'), Path.read('/svc')));
  assert.equal(
    bound({ kind: 'io.l5d.port', port: 1 }, { kind: 'io.l5d.port', port: 2 }),
    '/%/io.l5d.port/2/%/io.l5d.port/1/$/inet/1.2.3.4/80',
  );
  assert.equal(bound({ kind: 'io.l5d.const', path: '/$/inet/5.6.7.8/90' }), '/%/io.l5d.const/$/inet/5.6.7.8/90');
});

test('with a transformer that replaces trees it cannot delegate', () => {
  const replacing = make({ kind: 'default', transformers: [{ kind: 'io.l5d.replace', path: '/$/inet/1/2' }] });
  const delegation = stateNow(replacing.delegate([], Path.read('/svc')));
  assert.ok(delegation.kind === 'failed' && delegation.error instanceof CannotDelegate);
});
