import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import fastJsonPatch from 'fast-json-patch';
import { parseDocument } from 'yaml';
import { anyPod } from '#test/inject/pods.ts';
import { scene } from '#test/inject/scene.ts';
import { inject } from '#webhook/inject.ts';
import { type AddOperation, add } from '#webhook/patch.ts';
import { patchYaml } from './yaml-patch.ts';

function patched(source: string, base: readonly (string | number)[], ...operations: readonly AddOperation[]): string {
  const document = parseDocument(source);
  patchYaml(document, base, operations);
  return document.toString();
}

test('a member is added or replaced, its neighbours keep their comments', () => {
  assert.equal(patched('a: 1 # one\nb: 2\n', [], add(['b'], 3), add(['c/d'], 4)), 'a: 1 # one\nb: 3\nc/d: 4\n');
});

test('an item is inserted before its index, or at the end', () => {
  const list = ['l'] as const;
  assert.equal(
    patched('l:\n  - b # b\n', [], add([...list, 0], 'a'), add([...list, '-'], 'c')),
    'l:\n  - a\n  - b # b\n  - c\n',
  );
});

test('pointers begin at the base', () => {
  assert.equal(patched('x:\n  - y: {}\n', ['x', 0], add(['y', 'z'], 1)), 'x:\n  - y:\n      z: 1\n');
});

test('a key that YAML takes for a number is the same key', () => {
  assert.equal(patched('m:\n  1: a\n', [], add(['m', '1'], 'b')), 'm:\n  1: b\n');
});

test('objects that are equal are written out, not referred to', () => {
  const same = { p: 1 };
  assert.doesNotMatch(patched('a: 1\n', [], add(['b'], [same, same])), /[&*]/);
});

test('a pointer that leads nowhere is an error', () => {
  assert.throws(() => patched('a: 1\n', [], add(['b', 'c'], 1)), /\/b\/c: nothing to add to/);
});

test('on YAML an injection is what it is on JSON', () => {
  fc.assert(
    fc.property(anyPod, (pod) => {
      const { operations } = inject(scene(pod));
      const document = parseDocument(JSON.stringify(pod));
      patchYaml(document, [], operations);
      const expected = fastJsonPatch.applyPatch(structuredClone(pod), operations as never).newDocument;
      assert.deepEqual(document.toJS(), expected);
    }),
  );
});
