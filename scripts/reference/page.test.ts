import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import { choice } from '#core/config/kind.ts';
import { planned } from '#core/config/planned.ts';
import { referencePage } from './page.ts';
import { shapeOf } from './schema.ts';

const page = (schema: z.ZodType, pages = new Map()): string => referencePage('T', 'About.', shapeOf(schema), pages);
const lines = (schema: z.ZodType): string[] =>
  page(schema)
    .split('\n')
    .filter((line) => line.startsWith('| `') || line.startsWith('#') || line.startsWith('The'));

test('a row a key: what it takes, what it is without, what it means; keys that are not built are left out', () => {
  const schema = z.strictObject({
    port: z.int().min(0).max(9).default(4).describe('Where to listen.'),
    name: z.string(),
    share: z.number().min(0).optional(),
    mode: z.enum(['a', 'b']).optional(),
    names: z.array(z.string()).default([]),
    later: planned,
  });
  assert.deepEqual(lines(schema), [
    '# T',
    '| `port` | whole number, 0 to 9 | `4` | Where to listen. |',
    '| `name` | text | required |  |',
    '| `share` | number, at least 0 |  |  |',
    '| `mode` | one of `a`, `b` |  |  |',
    '| `names` | list of text | none |  |',
  ]);
});

test('sections within sections follow, named by their path; what has a page of its own is a link', () => {
  const inner = z.strictObject({ a: z.boolean() });
  const elsewhere = z.strictObject({ b: z.boolean() });
  const schema = z.strictObject({ one: inner.optional(), two: z.array(elsewhere) });
  const text = page(schema, new Map([[elsewhere, 'two.md']]));
  assert.match(text, /\| `two` \| \[list of sections\]\(two\.md\) \| required \|/);
  assert.match(text, /## `one`\n\n[\s\S]*\| `a` \| true or false \| required \|/);
  assert.doesNotMatch(text, /`b`/);
});

test('kinds stand one by one; one that has all the keys of another says only what it adds', () => {
  const shared = { a: z.string(), b: z.string(), c: z.string() };
  const schema = choice('kind', 'thing', [
    z.strictObject({ kind: z.literal('x'), ...shared }),
    z.strictObject({ kind: z.literal('y'), ...shared, d: z.string() }),
    z.strictObject({ kind: z.literal('z') }),
  ]);
  assert.deepEqual(lines(schema), [
    '# T',
    '## `kind: x`',
    '| `a` | text | required |  |',
    '| `b` | text | required |  |',
    '| `c` | text | required |  |',
    '## `kind: y`',
    'The keys of `kind: x`, and:',
    '| `d` | text | required |  |',
    '## `kind: z`',
  ]);
  assert.match(page(schema), /## `kind: z`\n\nNo keys of its own\.\n/);
});
