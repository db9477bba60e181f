import assert from 'node:assert/strict';
import { test } from 'node:test';
import { valueNow } from '#test/helpers/state-now.ts';
import { ok } from './activity.ts';
import { KeyedActivities } from './keyed.ts';

function counted() {
  const running: string[] = [];
  const keyed = new KeyedActivities<string>((key, set) => {
    if (key === 'bad') throw new Error('cannot start');
    running.push(key);
    set(ok(key.toUpperCase()));
    return { close: () => running.splice(running.indexOf(key), 1) };
  });
  return { keyed, running };
}

test('all who observe one key share one run', () => {
  const { keyed, running } = counted();
  const [early, late] = [keyed.get('a'), keyed.get('a')];
  const first = early.states.observe(() => {});
  assert.equal(keyed.get('a'), early);
  const second = keyed.get('a').states.observe(() => {});
  const third = late.states.observe(() => {});
  assert.equal(valueNow(late), 'A');
  assert.deepEqual(running, ['a']);
  for (const handle of [first, second, third]) handle.close();
  assert.deepEqual(running, []);
});

test('a key is forgotten when nobody observes it', () => {
  const { keyed } = counted();
  const handles = ['a', 'b'].map((key) => keyed.get(key).states.observe(() => {}));
  assert.equal(keyed.size, 2);
  for (const handle of handles) handle.close();
  assert.equal(keyed.size, 0);
});

test('a key whose source cannot start is failed, and forgotten', () => {
  const { keyed } = counted();
  const seen: string[] = [];
  keyed
    .get('bad')
    .states.observe((s) => seen.push(s.kind))
    .close();
  assert.deepEqual(seen, ['failed']);
  assert.equal(keyed.size, 0);
});

test('those that run are shown with their states', () => {
  const { keyed } = counted();
  assert.deepEqual(keyed.states(), new Map());
  const handle = keyed.get('a').states.observe(() => {});
  assert.deepEqual(keyed.states(), new Map([['a', ok('A')]]));
  handle.close();
  assert.deepEqual(keyed.states(), new Map());
});
