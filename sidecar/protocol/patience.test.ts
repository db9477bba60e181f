import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { HEAD_MS, LOOK_MS, Patience, type Slow, STILL_MS } from './patience.ts';

function scene() {
  const clock = new ManualClock();
  const patience = new Patience(clock);
  const seen = { givenUp: 0 };
  const connection: { -readonly [K in keyof Slow]: Slow[K] } = {
    unfinished: undefined,
    waits: false,
    moved: 0,
    giveUp: () => void seen.givenUp++,
  };
  patience.add(connection);
  return { clock, patience, seen, connection };
}

test('a head that is not complete in time is given up, however much of it comes', () => {
  const { clock, seen, connection } = scene();
  connection.unfinished = 1;
  for (let ms = 0; ms < HEAD_MS; ms += 1000) {
    connection.moved += 1;
    clock.advance(1000);
  }
  assert.equal(seen.givenUp, 0);
  clock.advance(2 * LOOK_MS);
  assert.equal(seen.givenUp, 1);
  clock.advance(10 * HEAD_MS);
  assert.equal(seen.givenUp, 1, 'once');
});

test('heads one after the other each have their time', () => {
  const { clock, seen, connection } = scene();
  for (let i = 0; i < 10; i++) {
    connection.unfinished = i;
    clock.advance(HEAD_MS / 2);
  }
  connection.unfinished = undefined;
  clock.advance(10 * HEAD_MS);
  assert.equal(seen.givenUp, 0);
});

test('a body or an answer of which nothing moves is given up, one that moves is not', () => {
  const { clock, seen, connection } = scene();
  connection.waits = true;
  for (let i = 0; i < 10; i++) {
    connection.moved += 1;
    clock.advance(STILL_MS / 2);
  }
  assert.equal(seen.givenUp, 0);
  clock.advance(STILL_MS / 2 + 2 * LOOK_MS);
  assert.equal(seen.givenUp, 1);
});

test('where the caller is not the one to go on it may be silent for as long as it likes', () => {
  const { clock, seen, connection } = scene();
  clock.advance(10 * STILL_MS);
  connection.waits = true;
  clock.advance(STILL_MS / 2);
  assert.equal(seen.givenUp, 0);
});

test('a connection that is forgotten is not looked at', () => {
  const { clock, patience, seen, connection } = scene();
  connection.unfinished = 1;
  patience.forget(connection);
  clock.advance(2 * HEAD_MS);
  patience.add(connection);
  patience.close();
  clock.advance(2 * HEAD_MS);
  assert.equal(seen.givenUp, 0);
});
