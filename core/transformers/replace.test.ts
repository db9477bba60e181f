import assert from 'node:assert/strict';
import { test } from 'node:test';
import { worldWithoutNames } from '#test/naming/fixture-mesh.ts';
import { transformed, web } from '#test/naming/transformed.ts';
import { alt, fail, neg } from '../naming/name-tree.ts';
import { constTransformer, replaceTransformer } from './replace.ts';

const replace = (config: object) =>
  replaceTransformer.make(replaceTransformer.schema.parse({ kind: 'io.l5d.replace', ...config }), worldWithoutNames);
const constant = (config: object) =>
  constTransformer.make(constTransformer.schema.parse({ kind: 'io.l5d.const', ...config }), worldWithoutNames);

test('io.l5d.replace puts a binding in the place of every leaf, under its own id', () => {
  const transformer = replace({ path: '/#/target' });
  const replaced = '/%/io.l5d.replace/#/target /r <10.0.0.9:99> & 2.00*~';
  assert.equal(transformed(transformer), replaced);
  assert.equal(transformed(transformer, alt(neg, web(), fail)), `~ | ${replaced} | !`);
  assert.equal(transformed(transformer, neg), '~');
});

test('io.l5d.const puts a binding in the place of the tree, whatever it was', () => {
  const transformer = constant({ path: '/#/target' });
  for (const tree of [web(), neg, fail]) {
    assert.equal(transformed(transformer, tree), '/%/io.l5d.const/#/target /r <10.0.0.9:99> & 2.00*~');
  }
});

test('what is replaced as a whole cannot be shown one name at a time', () => {
  assert.equal(replace({ path: '/#/x' }).each, undefined);
  assert.equal(constant({ path: '/#/x' }).each, undefined);
});

test('a path is required, and one that can be read', () => {
  for (const config of [{}, { path: 'x' }]) {
    assert.throws(() => replace(config));
    assert.throws(() => constant(config));
  }
});
