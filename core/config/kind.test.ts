import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import { choice, defineKind, family } from './kind.ts';

const plain = defineKind({
  schema: z.strictObject({ kind: z.literal('io.l5d.plain'), size: z.int().default(1) }),
  make: ({ size }, unit: string) => `${size} ${unit}`,
});
const daring = defineKind({
  experimental: true,
  schema: z.strictObject({ kind: z.literal('io.l5d.daring') }),
  make: () => 'daring',
});
const things = family('thing', [plain, daring], ['io.l5d.later'], { 'io.l5d.gone': 'use io.l5d.plain' });

const complaints = (value: unknown): readonly string[] =>
  things.schema.safeParse(value).error?.issues.map((i) => `${i.path.join('.')}: ${i.message}`) ?? [];

test('a section is read by its kind and made by it', () => {
  const config = things.schema.parse({ kind: 'io.l5d.plain', size: 3 });
  assert.equal(things.make(config, 'm'), '3 m');
  assert.equal(things.make(things.schema.parse({ kind: 'io.l5d.plain' }), 'm'), '1 m');
});

test('linkerd1: experimental: true gate: every kind may say that it is experimental, some have to', () => {
  assert.deepEqual(complaints({ kind: 'io.l5d.plain', experimental: true }), []);
  assert.deepEqual(complaints({ kind: 'io.l5d.daring', experimental: true }), []);
  for (const config of [{}, { experimental: false }]) {
    assert.deepEqual(complaints({ kind: 'io.l5d.daring', ...config }), [
      ": The io.l5d.daring thing is experimental and must be explicitly enabled by setting the `experimental' parameter to `true'.",
    ]);
  }
});

test('linkerd1: unknown kind rejected: an unknown kind is told what there is, and what is nearest', () => {
  assert.deepEqual(complaints({ kind: 'io.l5d.pain' }), [
    'kind: unknown thing io.l5d.pain (did you mean io.l5d.plain?): one of io.l5d.plain, io.l5d.daring',
  ]);
  assert.deepEqual(complaints({ kind: 'x' }), ['kind: unknown thing x: one of io.l5d.plain, io.l5d.daring']);
  const section = Object.create(null) as unknown; // as YAML gives one
  for (const [kind, said] of [
    [section, 'a section'],
    [[1], 'a list'],
    [7, '7'],
    [null, 'null'],
  ] as const)
    assert.deepEqual(complaints({ kind }), [`kind: unknown thing ${said}: one of io.l5d.plain, io.l5d.daring`]);
  assert.deepEqual(complaints({}), ['kind: is required: one of io.l5d.plain, io.l5d.daring']);
});

test('a kind that is not built yet is not unknown', () => {
  assert.deepEqual(complaints({ kind: 'io.l5d.later' }), [
    'kind: io.l5d.later is a Linkerd 1.x thing that Heddle does not have yet: one of io.l5d.plain, io.l5d.daring',
  ]);
});

test('a kind that is left out says what to use instead', () => {
  assert.deepEqual(complaints({ kind: 'io.l5d.gone' }), [
    'kind: io.l5d.gone is a Linkerd 1.x thing that Heddle leaves out: use io.l5d.plain',
  ]);
});

test('two kinds of one name are a fault of the program', () => {
  assert.throws(() => family('thing', [plain, plain]), /two things of one kind/);
});

test('a choice may have one option for where the key is missing', () => {
  const schema = choice('kind', 'client', [
    z.strictObject({ kind: z.literal('global').optional(), a: z.int() }),
    z.strictObject({ kind: z.literal('static') }),
  ]);
  assert.deepEqual(schema.parse({ a: 1 }), { a: 1 });
  assert.deepEqual(
    schema.safeParse({ kind: 'nope' }).error?.issues[0]?.message,
    'unknown client nope: one of global, static',
  );
});
