import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closeAll, nothingToClose } from './closable.ts';

test('several closables close in order', () => {
  const closed: string[] = [];
  const one = (name: string) => ({ close: () => closed.push(name) });
  closeAll(one('a'), nothingToClose, closeAll(one('b'), one('c'))).close();
  assert.deepEqual(closed, ['a', 'b', 'c']);
});
