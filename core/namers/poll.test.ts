import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { worldWith } from '#test/helpers/observed.ts';
import { ManualClock } from '../clock.ts';
import { asking, followPoll } from './poll.ts';

test('an answer stays through failures, which are told the 1st, 2nd, 4th … time; nothing is asked after closing', async () => {
  const clock = new ManualClock();
  const world = { ...worldWith({}), clock };
  const answers: (number | Error)[] = [new Error('away'), 1, new Error('x'), new Error('x'), new Error('x'), 2];
  const seen: (number | string)[] = [];
  const ask = asking(async () => {
    const next = answers.shift();
    if (typeof next === 'number') return next;
    throw next;
  });
  const poll = followPoll({ ask, everyMs: () => 10, what: 'it' }, world, (state) => {
    seen.push(state.kind === 'ok' ? state.value : state.kind === 'failed' ? state.error.message : state.kind);
  });
  for (let i = 0; i < 6; i++) {
    await turn();
    clock.advance(10);
  }
  poll.close();
  answers.push(3);
  await turn();
  clock.advance(100);
  await turn();
  assert.deepEqual(seen, ['it: away', 1, 2]);
  assert.deepEqual(
    world.lines.map(({ level }) => level),
    ['warn', 'warn', 'warn', 'debug'],
  );
});
