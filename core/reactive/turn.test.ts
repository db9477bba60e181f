import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextJoinOrder, settleLater, turn } from './turn.ts';

/** A join that notes when it settles. */
const join = (log: string[], name: string, then: () => void = () => {}) => ({
  order: nextJoinOrder(),
  settle() {
    log.push(name);
    then();
  },
});

test('a join settles once, at the end of the outermost turn', () => {
  const log: string[] = [];
  const one = join(log, 'one');
  turn(() => {
    settleLater(one);
    turn(() => settleLater(one));
    log.push('still in the turn');
  });
  assert.deepEqual(log, ['still in the turn', 'one']);
});

test('without a turn it settles at once', () => {
  const log: string[] = [];
  settleLater(join(log, 'one'));
  assert.deepEqual(log, ['one']);
});

test('a join that feeds another goes first: it began later', () => {
  const log: string[] = [];
  const outer = join(log, 'outer');
  const inner = join(log, 'inner', () => settleLater(outer));
  turn(() => {
    settleLater(outer);
    settleLater(inner);
  });
  assert.deepEqual(log, ['inner', 'outer']);
});

test('a turn that fails leaves the next one in order', () => {
  const log: string[] = [];
  assert.throws(() =>
    turn(() => {
      throw new Error('a fault');
    }),
  );
  turn(() => settleLater(join(log, 'one')));
  assert.deepEqual(log, ['one']);
});
