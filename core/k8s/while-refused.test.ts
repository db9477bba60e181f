import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed, ok, settable } from '../reactive/activity.ts';
import { RefusedError } from './watch.ts';
import { whileRefused } from './while-refused.ts';

test('the second stands in while the first is refused, and only then', () => {
  const [first, second] = [settable<string>(), settable<string>()];
  const seen: string[] = [];
  const handle = whileRefused(first.activity, second.activity).states.observe((state) => {
    seen.push(state.kind === 'ok' ? state.value : state.kind === 'failed' ? state.error.message : state.kind);
  });
  const refused = new RefusedError('/x', 403, 'no');
  second.set(ok('not asked'));
  first.set(failed(refused));
  second.set(failed(new Error('neither')));
  second.set(ok('second'));
  first.set(ok('first'));
  second.set(ok('not asked again'));
  first.set(failed(new Error('other')));
  handle.close();
  const both = 'Kubernetes API answered 403 to /x: no';
  assert.deepEqual(seen, ['pending', 'not asked', both, 'second', 'first', 'other']);
});
