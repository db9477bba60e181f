import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import { Path } from '#core/naming/path.ts';
import { mergedFor, perName } from './matching.ts';

const section = perName(z.strictObject({ a: z.int().optional(), b: z.string().optional() }), 'thing');
const merged = (config: unknown, name: string): unknown => mergedFor(section.parse(config), Path.read(name));

test('linkerd1: client io.l5d.global: without a kind, and as io.l5d.global, the keys hold for every name', () => {
  for (const kind of [{}, { kind: 'io.l5d.global' }]) {
    assert.deepEqual(merged({ ...kind, a: 1 }, '/svc/x'), { a: 1 });
    assert.deepEqual(merged({ ...kind, a: 1 }, '/'), { a: 1 });
  }
});

test('linkerd1: client io.l5d.static with `{var}` captures: of static entries all that match are merged in their order, the later winning key by key', () => {
  const config = {
    kind: 'io.l5d.static',
    configs: [
      { prefix: '/', a: 1, b: 'all' },
      { prefix: '/svc/x', a: 2 },
      { prefix: '/svc/*/z', b: 'z' },
      { prefix: '/svc', a: 3 },
    ],
  };
  assert.deepEqual(merged(config, '/other'), { a: 1, b: 'all' });
  assert.deepEqual(merged(config, '/svc/x'), { a: 3, b: 'all' });
  assert.deepEqual(merged(config, '/svc/x/z'), { a: 3, b: 'z' });
});

test('an entry without a prefix matches nothing', () => {
  assert.deepEqual(merged({ kind: 'io.l5d.static', configs: [{ a: 1 }] }, '/svc'), {});
  assert.deepEqual(merged({ kind: 'io.l5d.static' }, '/svc'), {});
});

test('what a prefix captured can be filled in, for its own entry alone', () => {
  const entries = section.parse({
    kind: 'io.l5d.static',
    configs: [
      { prefix: '/{x}', a: 1, b: '{x}' },
      { prefix: '/*/{x}', a: 2 },
    ],
  });
  const filled = mergedFor(entries, Path.read('/one/two'), (own, captures) => ({
    ...own,
    b: own.b && captures.get('x'),
  }));
  assert.deepEqual(filled, { a: 2, b: 'one' });
});

test('unknown kinds and keys of the other kind are errors', () => {
  assert.ok(!section.safeParse({ kind: 'nope' }).success);
  assert.ok(!section.safeParse({ configs: [] }).success);
  assert.ok(!section.safeParse({ kind: 'io.l5d.static', a: 1 }).success);
  assert.ok(!section.safeParse({ a: 1, prefix: '/' }).success);
});
