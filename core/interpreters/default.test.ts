import assert from 'node:assert/strict';
import { test } from 'node:test';
import { valueNow } from '#test/helpers/state-now.ts';
import { worldWithoutNames } from '#test/naming/fixture-mesh.ts';
import { utilityNamers } from '../namers/utility/utilities.ts';
import { showTree } from '../naming/name-tree.ts';
import { readDtab } from '../naming/parse.ts';
import { Path } from '../naming/path.ts';
import { defaultInterpreter } from './default.ts';

test('the default interpreter has no table but the one that comes with the request', () => {
  const namers = { configured: [], utilities: utilityNamers(worldWithoutNames) };
  const interpreter = defaultInterpreter.make({ kind: 'default' }, { namers, world: worldWithoutNames });
  const bound = (dtab: string): string =>
    showTree(valueNow(interpreter.bind(readDtab(dtab), Path.read('/svc/a'))), (b) => b.id.show);
  assert.equal(bound(''), '~');
  assert.equal(bound('/svc => /$/inet/1.2.3.4/80'), '/$/inet/1.2.3.4/80');
});
