import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../clock.ts';
import { shared } from '../reactive/var.ts';
import { lingering } from './lingering.ts';

function counted() {
  const clock = new ManualClock();
  const counts = { started: 0, closed: 0, stopped: 0 };
  const source = shared('initial', (set) => {
    counts.started += 1;
    set(`run ${counts.started}`);
    return { close: () => (counts.closed += 1) };
  });
  const held = lingering(source, 100, clock, () => (counts.stopped += 1));
  const seen: string[] = [];
  return { clock, counts, seen, observe: () => held.observe((value) => seen.push(value)) };
}

test('it goes on for a while after the last observer, and then ends', () => {
  const { clock, counts, observe } = counted();
  const a = observe();
  const b = observe();
  a.close();
  clock.advance(1000);
  b.close();
  clock.advance(99);
  assert.deepEqual(counts, { started: 1, closed: 0, stopped: 0 });
  clock.advance(1);
  assert.deepEqual(counts, { started: 1, closed: 1, stopped: 1 });
});

test('whoever comes back in time finds it running, and it lingers anew after him', () => {
  const { clock, counts, seen, observe } = counted();
  observe().close();
  clock.advance(60);
  const again = observe();
  clock.advance(1000);
  again.close();
  clock.advance(60);
  assert.deepEqual(counts, { started: 1, closed: 0, stopped: 0 });
  clock.advance(40);
  assert.deepEqual(counts, { started: 1, closed: 1, stopped: 1 });
  assert.deepEqual(seen, ['run 1', 'run 1']);
});

test('after it has ended it starts anew', () => {
  const { clock, counts, seen, observe } = counted();
  observe().close();
  clock.advance(100);
  const handle = observe();
  assert.deepEqual(seen, ['run 1', 'run 2']);
  handle.close();
  handle.close();
  clock.advance(100);
  assert.deepEqual(counts, { started: 2, closed: 2, stopped: 2 });
});
