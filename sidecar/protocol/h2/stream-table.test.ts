import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { StreamTable } from './stream-table.ts';

interface Named {
  readonly id: number;
}

test('it holds what a Map would, whatever the ids', () => {
  // Few and crowded ids: many fall on the same places.
  const id = fc.oneof(
    fc.nat(64),
    fc.nat(40).map((n) => n * 32),
    fc.nat(0x7fffffff),
  );
  const steps = fc.array(fc.tuple(fc.boolean(), id), { maxLength: 400 });
  fc.assert(
    fc.property(steps, (all) => {
      const table = new StreamTable<Named>();
      const map = new Map<number, Named>();
      for (const [adds, id] of all) {
        if (adds && !map.has(id)) {
          const stream = { id };
          table.add(stream);
          map.set(id, stream);
        } else {
          table.delete(id);
          map.delete(id);
        }
        assert.equal(table.size, map.size);
        assert.equal(table.get(id), map.get(id));
      }
      for (const [id, stream] of map) assert.equal(table.get(id), stream);
      const byId = (a: Named, b: Named): number => a.id - b.id;
      assert.deepEqual(table.values().sort(byId), [...map.values()].sort(byId));
    }),
  );
});

test('a thousand streams are found, and those that are gone are not', () => {
  const table = new StreamTable<Named>();
  for (let id = 1; id < 2000; id += 2) table.add({ id });
  for (let id = 1; id < 2000; id += 4) table.delete(id);
  assert.equal(table.size, 500);
  assert.equal(table.get(1), undefined);
  assert.deepEqual(table.get(3), { id: 3 });
});
