import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import { namerFields } from './fields.ts';

test('every namer may have a prefix, read as a path, and transformers, each checked by its kind', () => {
  const schema = z.strictObject(namerFields);
  assert.deepEqual(schema.parse({}), {});
  assert.equal(schema.parse({ prefix: '/a/b' }).prefix?.show, '/a/b');
  assert.throws(() => schema.parse({ prefix: 'a' }), /'\/' expected/);
  assert.throws(() => schema.parse({ transformers: [{ kind: 'io.l5d.port', port: 'x' }] }), /port/);
});
