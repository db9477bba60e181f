import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Field, type FieldId, FieldTable, requestFields, responseFields } from './fields.ts';

const find = (table: FieldTable, name: string): FieldId => table.find(Buffer.from(name, 'latin1'), 0, name.length);

test('a name is found whatever its case, and wherever in the bytes it stands', () => {
  assert.equal(find(requestFields, 'content-length'), Field.contentLength);
  assert.equal(find(requestFields, 'CONTENT-LENGTH'), Field.contentLength);
  assert.equal(requestFields.find(Buffer.from('x: y\r\nVIA: z'), 6, 9), Field.via);
});

test('names that only resemble are other fields', () => {
  for (const name of ['', 'content_length', 'content-lengt', 'content-length2', 'c0ntent-length', 'l5d-ctx-other'])
    assert.equal(find(requestFields, name), Field.other, name);
});

for (const name of ['Host', 'Expect', 'l5d-dtab', 'l5d-ctx-trace', 'finagle-http-retryable-request'])
  test(`${name} means something in requests only`, () => {
    assert.notEqual(find(requestFields, name), Field.other);
    assert.equal(find(responseFields, name), Field.other);
  });

for (const name of ['l5d-retryable', 'l5d-success-class', 'finagle-http-nack'])
  test(`${name} means something in responses only`, () => {
    assert.notEqual(find(responseFields, name), Field.other);
    assert.equal(find(requestFields, name), Field.other);
  });

test('a table finds exactly its names', () => {
  const letters = fc.string({ unit: fc.constantFrom(...'abc-'), minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.uniqueArray(letters, { maxLength: 12 }), letters, (names, asked) => {
      const table = new FieldTable(Object.fromEntries(names.map((name) => [name, Field.via])));
      assert.equal(find(table, asked.toUpperCase()), names.includes(asked) ? Field.via : Field.other);
    }),
  );
});
