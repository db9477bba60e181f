import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { Liveness, LOOK_MS, type Watched } from './liveness.ts';

function scene(always: boolean) {
  const clock = new ManualClock();
  const seen = { pings: 0, dead: 0 };
  const watched: Watched & { busy: boolean } = {
    heard: false,
    busy: false,
    ping: () => void seen.pings++,
    dead: () => void seen.dead++,
  };
  return { clock, seen, watched, liveness: new Liveness(watched, always, clock) };
}

test('a peer that is heard is left in peace', () => {
  const { clock, seen, watched } = scene(true);
  for (let i = 0; i < 10; i++) {
    watched.heard = true;
    clock.advance(LOOK_MS);
  }
  assert.deepEqual(seen, { pings: 0, dead: 0 });
});

test('one that is silent is asked, and dead when it does not answer', () => {
  const { clock, seen, watched } = scene(false);
  watched.busy = true;
  clock.advance(LOOK_MS);
  assert.deepEqual(seen, { pings: 1, dead: 0 });
  clock.advance(LOOK_MS);
  assert.deepEqual(seen, { pings: 1, dead: 1 });
  clock.advance(10 * LOOK_MS);
  assert.deepEqual(seen, { pings: 1, dead: 1 });
});

test('one that answers and has nothing else to say is asked every five minutes at most', () => {
  const { clock, seen, watched } = scene(false);
  watched.busy = true;
  let before = 0;
  const asked: number[] = [];
  for (let now = 0; now < 1_000_000; now += LOOK_MS) {
    clock.advance(LOOK_MS);
    if (seen.pings === before) continue;
    before = seen.pings;
    asked.push(clock.now());
    watched.heard = true;
  }
  assert.ok(asked.length >= 3 && seen.dead === 0, `${asked}`);
  for (const [i, at] of asked.slice(1).entries()) assert.ok(at - (asked[i] as number) >= 300_000, `${asked}`);
});

test('while nobody waits only linkers are asked, and they are as often as they are silent', () => {
  const idle = scene(false);
  idle.clock.advance(100 * LOOK_MS);
  assert.deepEqual(idle.seen, { pings: 0, dead: 0 });
  const linker = scene(true);
  for (let i = 0; i < 10; i++) {
    const { pings } = linker.seen;
    linker.clock.advance(LOOK_MS);
    linker.watched.heard = linker.seen.pings > pings;
  }
  assert.deepEqual(linker.seen, { pings: 5, dead: 0 });
});

test('a request on a connection that was silent for long is enough to be asked about', () => {
  const { clock, seen, watched } = scene(false);
  clock.advance(100 * LOOK_MS);
  watched.busy = true;
  clock.advance(2 * LOOK_MS);
  assert.deepEqual(seen, { pings: 1, dead: 1 });
});

test('one that is closed is looked at no more', () => {
  const { clock, seen, watched, liveness } = scene(true);
  watched.busy = true;
  liveness.close();
  clock.advance(10 * LOOK_MS);
  assert.deepEqual(seen, { pings: 0, dead: 0 });
});
