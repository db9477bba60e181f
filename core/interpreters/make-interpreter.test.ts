import assert from 'node:assert/strict';
import { test } from 'node:test';
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

test('the default interpreter has no table but the one that comes with the request', () => {
  let bound = '';
  const interpreter = make({ kind: 'default' });
  const see = (dtab: string): string => {
    interpreter
      .bind(readDtab(dtab), Path.read('/svc/a'))
      .states.observe((s) => (bound = s.kind === 'ok' ? showTree(s.value, (b) => b.id.show) : s.kind))
      .close();
    return bound;
  };
  assert.equal(see(''), '~');
  assert.equal(see('/svc => /$/inet/1.2.3.4/80'), '/$/inet/1.2.3.4/80');
});

test('its transformers apply in order, and may name what namers have', () => {
  const bound = (...transformers: object[]): string => {
    let shown = '';
    make({ kind: 'default', transformers })
      .bind(readDtab('/svc => /$/inet/1.2.3.4/80'), Path.read('/svc'))
      .states.observe((s) => (shown = s.kind === 'ok' ? showTree(s.value, (b) => b.id.show) : s.kind));
    return shown;
  };
  assert.equal(
    bound({ kind: 'io.l5d.port', port: 1 }, { kind: 'io.l5d.port', port: 2 }),
    '/%/io.l5d.port/2/%/io.l5d.port/1/$/inet/1.2.3.4/80',
  );
  assert.equal(bound({ kind: 'io.l5d.const', path: '/$/inet/5.6.7.8/90' }), '/%/io.l5d.const/$/inet/5.6.7.8/90');
});

test('with a transformer that replaces trees it cannot delegate', () => {
  make({ kind: 'default', transformers: [{ kind: 'io.l5d.replace', path: '/$/inet/1/2' }] })
    .delegate([], Path.read('/svc'))
    .states.observe((s) => assert.ok(s.kind === 'failed' && s.error instanceof CannotDelegate));
});
