import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dtab, path } from '#test/naming/arbitrary.ts';
import { concatDtab, type Dtab, emptyDtab, lookup, rewrites, showDtab, showPathTree } from './dtab.ts';
import { readDtab } from './parse.ts';
import { Path } from './path.ts';

const found = (table: string, name: string): string => showPathTree(lookup(readDtab(table), Path.read(name)));

test('every entry whose prefix matches counts, the newest first, whatever its length', () => {
  assert.equal(found('/svc => /a; /svc/x => /b; /other => /c; /svc => /d', '/svc/x/y'), '/d/x/y | /b/y | /a/x/y');
  assert.equal(found('/svc => /a', '/svc'), '/a');
  assert.equal(found('/svc => /a', '/svcs'), '~');
  assert.equal(found('/svc/x => /a', '/svc'), '~');
});

test('a wildcard stands for exactly one element, which is dropped', () => {
  assert.equal(found('/svc/* => /host', '/svc/a/b'), '/host/b');
  assert.equal(found('/svc/* => /host', '/svc'), '~');
  assert.equal(found('/* => /host', '/anything'), '/host');
});

test('the rest of the path goes to every leaf', () => {
  assert.equal(found('/a => /x | 0.5 * /y & ! | (/z | ~)', '/a/r'), '/x/r | 0.50*/y/r & ! | (/z/r | ~)');
});

test('a table after another is one table: what the later says comes first', () => {
  fc.assert(
    fc.property(dtab, dtab, path, (base, override, p) => {
      const texts = (table: Dtab): readonly string[] => rewrites(table, p).map(({ tree }) => showPathTree(tree));
      assert.deepEqual(texts(concatDtab(base, override)), [...texts(override), ...texts(base)]);
    }),
  );
});

test('joining with the empty table changes nothing', () => {
  const table = readDtab('/a => /b');
  assert.equal(concatDtab(table, emptyDtab), table);
  assert.equal(concatDtab(emptyDtab, table), table);
  assert.equal(showDtab(concatDtab(table, readDtab('/c=>/d'))), '/a=>/b;/c=>/d');
});
