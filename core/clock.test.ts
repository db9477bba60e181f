import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualClock, systemClock } from './clock.ts';

describe('a clock turned by hand', () => {
  test('stands still, then runs what is due in the order it falls due, at its time', () => {
    const clock = new ManualClock();
    const ran: [string, number][] = [];
    const at = (ms: number, name: string) => clock.after(ms, () => ran.push([name, clock.now()]));
    at(20, 'later');
    at(10, 'soon');
    at(10, 'soon too');
    at(31, 'not yet');
    assert.deepEqual([ran, clock.now()], [[], 0]);
    clock.advance(30);
    assert.deepEqual(ran, [
      ['soon', 10],
      ['soon too', 10],
      ['later', 20],
    ]);
    assert.equal(clock.now(), 30);
    assert.equal(clock.wall() - new ManualClock().wall(), 30);
  });

  test('runs what is put off while it turns, if that is due', () => {
    const clock = new ManualClock();
    let ticks = 0;
    const tick = (): void => {
      ticks += 1;
      clock.after(10, tick);
    };
    tick();
    clock.advance(35);
    assert.equal(ticks, 4);
  });

  test('does not run what was closed', () => {
    const clock = new ManualClock();
    const handle = clock.after(1, () => assert.fail('ran'));
    handle.close();
    handle.close();
    clock.advance(5);
  });
});

describe('the system’s clock', () => {
  test('runs on, and calls back no earlier than asked', async () => {
    const started = systemClock.now();
    const keepAlive = setTimeout(() => {}, 5_000); // the clock's own timers do not keep a process alive
    await new Promise<void>((resolve) => systemClock.after(15, resolve));
    clearTimeout(keepAlive);
    assert.ok(systemClock.now() - started >= 14);
    assert.ok(Math.abs(systemClock.wall() - Date.now()) < 1000);
  });

  test('does not call back what was closed', async () => {
    systemClock.after(1, () => assert.fail('ran')).close();
    await new Promise((resolve) => setTimeout(resolve, 20));
  });
});
