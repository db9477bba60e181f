import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Backlog } from './backlog.ts';

function scene(most: number) {
  const backlog = new Backlog(most);
  const ended: string[] = [];
  const stream = (name: string) => ({ overrun: () => void ended.push(name) });
  return { backlog, ended, stream };
}

test('beyond the limit the stream ends that has stood still for longest, and no more than have to', async () => {
  const { backlog, ended, stream } = scene(100);
  const [one, two, three] = [stream('one'), stream('two'), stream('three')];
  backlog.grew(one, 40);
  backlog.grew(two, 40);
  backlog.moved(one, 30); // slow, but it reads
  backlog.grew(three, 20);
  await turn();
  assert.deepEqual([backlog.bytes, ended], [90, []]);
  backlog.grew(three, 20);
  assert.deepEqual(ended, [], 'not while somebody sends');
  await turn();
  assert.deepEqual([backlog.bytes, ended], [70, ['two']]);
});

test('a stream that is rid of its bytes is forgotten', async () => {
  const { backlog, ended, stream } = scene(100);
  const [one, two] = [stream('one'), stream('two')];
  backlog.grew(one, 90);
  backlog.moved(one, 0);
  backlog.moved(one, 0);
  backlog.grew(two, 101);
  await turn();
  assert.deepEqual([backlog.bytes, ended], [0, ['two']]);
});

test('what is taken in the same turn ends nobody', async () => {
  const { backlog, ended, stream } = scene(100);
  const one = stream('one');
  backlog.grew(one, 200);
  backlog.moved(one, 100);
  await turn();
  assert.deepEqual([backlog.bytes, ended], [100, []]);
});
