import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '#core/clock.ts';
import type { Closable } from '../../core/closable.ts';
import { Timeouts } from './timeouts.ts';

/** A clock that counts the timers that run. */
class CountingClock extends ManualClock {
  running = 0;
  most = 0;

  override after(ms: number, fn: () => void): Closable {
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    const timer = super.after(ms, () => {
      this.running -= 1;
      fn();
    });
    return {
      close: () => {
        this.running -= 1;
        timer.close();
      },
    };
  }
}

test('each fires once, when its time is over, in the order they were set', () => {
  const clock = new ManualClock();
  const timeouts = new Timeouts(100, clock);
  const fired: string[] = [];
  const set = (name: string) => timeouts.set(clock.now(), () => fired.push(`${name} at ${clock.now()}`));
  set('a');
  clock.advance(30);
  set('b');
  set('c');
  clock.advance(69);
  assert.deepEqual(fired, []);
  clock.advance(1000);
  assert.deepEqual(fired, ['a at 100', 'b at 130', 'c at 130']);
});

test('one that is closed does not fire, and closing again is nothing', () => {
  const clock = new ManualClock();
  const timeouts = new Timeouts(100, clock);
  const fired: string[] = [];
  const a = timeouts.set(clock.now(), () => fired.push('a'));
  timeouts.set(clock.now(), () => fired.push('b'));
  a.close();
  a.close();
  clock.advance(100);
  assert.deepEqual(fired, ['b']);
});

test('one timer serves them all, and none runs where none is set', () => {
  const clock = new CountingClock();
  const timeouts = new Timeouts(100, clock);
  for (let i = 0; i < 500; i++) {
    timeouts.set(clock.now(), () => {});
    clock.advance(1);
  }
  assert.equal(clock.most, 1);
  clock.advance(1000);
  assert.equal(clock.running, 0);
});

test('one set while another fires gets its own full time', () => {
  const clock = new ManualClock();
  const timeouts = new Timeouts(100, clock);
  const fired: number[] = [];
  timeouts.set(clock.now(), () => {
    fired.push(clock.now());
    timeouts.set(clock.now(), () => fired.push(clock.now()));
  });
  clock.advance(150);
  assert.deepEqual(fired, [100]);
  clock.advance(50);
  assert.deepEqual(fired, [100, 200]);
});

test('one closed while another fires does not fire', () => {
  const clock = new ManualClock();
  const timeouts = new Timeouts(100, clock);
  timeouts.set(clock.now(), () => second.close());
  const second = timeouts.set(clock.now(), () => assert.fail('closed'));
  clock.advance(1000);
});

test('thousands are forgotten as they go', () => {
  const clock = new ManualClock();
  const timeouts = new Timeouts(10, clock);
  let fired = 0;
  for (let i = 0; i < 5000; i++) {
    const timeout = timeouts.set(clock.now(), () => {
      fired += 1;
    });
    if (i % 2 === 0) timeout.close();
    clock.advance(0.01);
  }
  clock.advance(20);
  assert.equal(fired, 2500);
});

test('none fires early or late, whatever is set and closed', () => {
  const step = fc.record({
    wait: fc.integer({ min: 0, max: 60 }),
    set: fc.boolean(),
    close: fc.option(fc.nat({ max: 30 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const clock = new CountingClock();
      const timeouts = new Timeouts(50, clock);
      const all: { readonly due: number; closedAt: number; firedAt: number; close(): void }[] = [];
      for (const { wait, set, close } of steps) {
        if (set) {
          const entry = { due: clock.now() + 50, closedAt: Number.NaN, firedAt: Number.NaN, close: () => {} };
          const timeout = timeouts.set(clock.now(), () => {
            entry.firedAt = clock.now();
          });
          entry.close = () => timeout.close();
          all.push(entry);
        }
        const victim = close === undefined ? undefined : all[close];
        if (victim !== undefined && Number.isNaN(victim.closedAt)) {
          victim.closedAt = clock.now();
          victim.close();
        }
        clock.advance(wait);
      }
      clock.advance(200);
      for (const { due, closedAt, firedAt } of all) {
        if (closedAt < due) assert.ok(Number.isNaN(firedAt), 'closed before it was due');
        else assert.ok(firedAt >= due && firedAt <= due + 1, `due at ${due}, fired at ${firedAt}`);
      }
      assert.ok(clock.most <= 1);
      assert.equal(clock.running, 0);
    }),
  );
});
