import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { stateNow } from '#test/helpers/state-now.ts';
import { ManualClock } from '../clock.ts';
import { ok } from '../reactive/activity.ts';
import { PolledHosts } from './polled-hosts.ts';

test('a host is looked up every five seconds while observed; numbers are never', async () => {
  const clock = new ManualClock();
  let answer: readonly string[] | Error = ['10.0.0.2', '10.0.0.1'];
  let asked = 0;
  const hosts = new PolledHosts(clock, async () => {
    asked += 1;
    if (answer instanceof Error) throw answer;
    return answer;
  });
  assert.deepEqual(stateNow(hosts.of('127.1')), ok(['127.0.0.1']));
  assert.equal(asked, 0);

  const seen: unknown[] = [];
  const handle = hosts.of('web.example').states.observe((state) => {
    if (state.kind === 'ok') seen.push(state.value);
  });
  await turn();
  answer = Object.assign(new Error('again'), { code: 'EAI_AGAIN' });
  clock.advance(5000);
  await turn();
  answer = new Error('no such host');
  clock.advance(5000);
  await turn();
  handle.close();
  clock.advance(60_000);
  assert.deepEqual(seen, [['10.0.0.1', '10.0.0.2'], undefined]);
  assert.equal(asked, 3);
});
