import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import { interpreterFields } from './fields.ts';

test('every interpreter may have transformers, each checked by its kind', () => {
  const schema = z.strictObject(interpreterFields);
  assert.deepEqual(schema.parse({}), {});
  assert.equal(
    schema.parse({ transformers: [{ kind: 'io.l5d.port', port: 1 }] }).transformers?.[0]?.kind,
    'io.l5d.port',
  );
  assert.throws(() => schema.parse({ transformers: [{ kind: 'io.l5d.port' }] }), /port/);
});
