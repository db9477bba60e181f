import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LastLines } from './last-lines.ts';
import { entry } from './static-table.ts';

const entries = [entry('a', '1'), entry('b', '2'), entry('c', ''), entry('a', '3')];

test('heads one after the other give their own lines, whatever was before', () => {
  const head = fc.record({ first: fc.constantFrom('', 'Host: x\r\n'), of: fc.array(fc.nat(3), { maxLength: 5 }) });
  fc.assert(
    fc.property(fc.array(head, { maxLength: 8 }), (heads) => {
      const last = new LastLines();
      for (const { first, of } of heads) {
        last.begin();
        for (const i of of) last.add(entries[i] ?? assert.fail());
        assert.equal(last.count, of.length);
        assert.equal(last.lines(first), first + of.map((i) => entries[i]?.line).join(''));
      }
    }),
  );
});

test('one more line stands where it is told to, and the next head knows nothing of it', () => {
  const last = new LastLines();
  for (const at of [0, 1, 4]) {
    last.begin();
    for (const one of entries) last.add(one);
    const expected = entries.map(({ line }) => line);
    expected.splice(at, 0, 'x: y\r\n');
    assert.equal(last.with('h: 1\r\n', 'x: y\r\n', at), `h: 1\r\n${expected.join('')}`);
    last.begin();
    for (const one of entries) last.add(one);
    assert.equal(last.lines(''), entries.map(({ line }) => line).join(''));
  }
});
