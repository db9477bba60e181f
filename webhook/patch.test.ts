import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import fastJsonPatch from 'fast-json-patch';
import { type AddOperation, append, insertFront, pointer, setMembers } from './patch.ts';

const apply = (document: object, operations: readonly AddOperation[]): unknown =>
  fastJsonPatch.applyPatch(structuredClone(document), operations as never, true).newDocument;

test('a pointer escapes ~ before /', () => {
  assert.equal(pointer(['metadata', 'annotations', 'a/b~c~1d', 0]), '/metadata/annotations/a~1b~0c~01d/0');
});

test('members are set in a missing, an empty and a filled map, whatever their keys', () => {
  // The library that applies patches here refuses this one key.
  const key = fc.string({ minLength: 1 }).filter((name) => name !== '__proto__');
  const map = fc.option(fc.dictionary(fc.string(), fc.string()), { nil: undefined });
  fc.assert(
    fc.property(map, fc.dictionary(key, fc.string()), (existing, wanted) => {
      const before = existing === undefined ? {} : { map: existing };
      const after = apply(before, setMembers(['map'], existing, wanted));
      const expected =
        existing === undefined && Object.keys(wanted).length === 0 ? {} : { map: { ...existing, ...wanted } };
      assert.deepEqual(JSON.parse(JSON.stringify(after)), JSON.parse(JSON.stringify(expected)));
    }),
  );
});

test('a member that has its value already costs nothing, an inherited one counts as missing', () => {
  assert.deepEqual(setMembers(['m'], { a: '1' }, { a: '1' }), []);
  assert.deepEqual(setMembers(['m'], {}, { toString: 'x' }), [{ op: 'add', path: '/m/toString', value: 'x' }]);
});

test('null is a missing map', () => {
  assert.deepEqual(apply({ map: null }, setMembers(['map'], null, { a: '1' })), { map: { a: '1' } });
});

for (const [name, put, together] of [
  ['insertFront', insertFront, (old: number[], items: number[]) => [...items, ...old]],
  ['append', append, (old: number[], items: number[]) => [...old, ...items]],
] as const) {
  test(`${name} keeps the order of what is there and of what comes`, () => {
    const list = fc.option(fc.array(fc.integer()), { nil: undefined });
    fc.assert(
      fc.property(list, fc.array(fc.integer()), (existing, items) => {
        const before = existing === undefined ? {} : { list: existing };
        const after = apply(before, put(['list'], existing, items));
        assert.deepEqual(
          after,
          existing === undefined && items.length === 0 ? {} : { list: together(existing ?? [], items) },
        );
      }),
    );
  });
}
