import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import { planned } from './planned.ts';
import { suggestion, unknownKey, wordsFor } from './words.ts';

const words = (schema: z.ZodType, value: unknown): string | undefined =>
  schema.safeParse(value, { error: wordsFor }).error?.issues[0]?.message;

test('a wrong type is told with what is there and what should be', () => {
  assert.equal(words(z.string(), 5), '5 is not a text');
  assert.equal(words(z.int(), 'x'), "'x' is not a whole number");
  assert.equal(words(z.int(), 1.5), '1.5 is not a whole number');
  assert.equal(words(z.number(), true), 'true is not a number');
  assert.equal(words(z.boolean(), 'yes'), "'yes' is not true or false");
  assert.equal(words(z.array(z.int()), {}), 'a section is not a list');
  assert.equal(words(z.strictObject({}), []), 'a list is not a section of keys');
  assert.equal(words(z.string(), undefined), 'is required: a text');
});

test('a wrong value is told with what is allowed', () => {
  assert.equal(words(z.enum(['a', 'b']), 'c'), "'c' is not one of a, b");
  assert.equal(words(z.int().min(3), 2), '2 is too small: at least 3');
  assert.equal(words(z.int().max(3), 4), '4 is too big: at most 3');
});

test('linkerd1: unknown keys rejected: the keys listed as allowed are those that work', () => {
  assert.equal(
    words(z.strictObject({ a: z.int().optional(), later: planned, b: z.int().optional() }), { x: 1 }),
    'a, b',
  );
});

test('the nearest word is offered, if it is near', () => {
  const among = ['header', 'segments', 'consume'];
  assert.equal(suggestion('heder', among), ' (did you mean header?)');
  assert.equal(suggestion('Segments', among), ' (did you mean segments?)');
  assert.equal(suggestion('emwa', ['p2c', 'ewma']), ' (did you mean ewma?)');
  assert.equal(suggestion('kind', among), '');
  assert.equal(
    unknownKey('consumes', 'header, consume'),
    'unknown key (did you mean consume?): allowed here are header, consume',
  );
});
