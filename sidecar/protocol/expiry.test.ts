import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { Counter } from '#core/telemetry/metrics.ts';
import { Expiry, type Used } from './expiry.ts';

function watched(times: { readonly idleMs?: number; readonly lifeMs?: number }) {
  const clock = new ManualClock();
  const idle = new Counter();
  const lifetime = new Counter();
  const expiry = new Expiry({ ...times, idle, lifetime }, clock);
  const connection: { -readonly [K in keyof Used]: Used[K] } & { drains: number } = {
    idle: true,
    begun: 0,
    drains: 0,
    drain() {
      connection.drains += 1;
    },
  };
  expiry.add(connection);
  return { clock, idle, lifetime, expiry, connection };
}

test('a connection without requests is closed once it has been idle long enough', () => {
  const { clock, idle, lifetime, connection } = watched({ idleMs: 800 });
  clock.advance(700);
  assert.equal(connection.drains, 0);
  clock.advance(200);
  assert.deepEqual([connection.drains, idle.value, lifetime.value], [1, 1, 0]);
  clock.advance(5000);
  assert.equal(connection.drains, 1, 'once');
});

test('a request begun between two looks counts as use, and so does one under way', () => {
  const { clock, connection } = watched({ idleMs: 800 });
  for (let i = 0; i < 10; i++) {
    connection.begun += 1;
    clock.advance(600);
  }
  assert.equal(connection.drains, 0);
  connection.idle = false;
  clock.advance(10_000);
  assert.equal(connection.drains, 0);
  connection.idle = true;
  clock.advance(1000);
  assert.equal(connection.drains, 1);
});

test('a life ends whether the connection is used or not', () => {
  const { clock, lifetime, connection } = watched({ lifeMs: 1000 });
  connection.idle = false;
  clock.advance(1200);
  assert.deepEqual([connection.drains, lifetime.value], [1, 1]);
});

test('one that is gone is not looked at, and closing stops the watch', () => {
  const { clock, expiry, connection } = watched({ idleMs: 100 });
  expiry.forget(connection);
  clock.advance(1000);
  assert.equal(connection.drains, 0);
  expiry.add(connection);
  expiry.close();
  clock.advance(1000);
  assert.equal(connection.drains, 0);
});
