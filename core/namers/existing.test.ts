import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Addr, address, boundAddr, boundName, negAddr } from '../naming/name.ts';
import { Path } from '../naming/path.ts';
import { failed, ok, settable } from '../reactive/activity.ts';
import { existing } from './existing.ts';

test('the tree changes with existence alone', () => {
  const addr = settable<Addr>();
  const seen: string[] = [];
  const handle = existing(boundName(Path.of('a'), Path.empty, addr.activity)).states.observe((state) => {
    seen.push(state.kind === 'ok' ? state.value.kind : state.kind);
  });
  for (const next of [negAddr, boundAddr(), boundAddr(address('10.0.0.1', 80)), negAddr]) addr.set(ok(next));
  addr.set(failed(new Error('no')));
  handle.close();
  assert.deepEqual(seen, ['pending', 'neg', 'leaf', 'neg', 'failed']);
});
