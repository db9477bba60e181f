import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Counter } from '#core/telemetry/metrics.ts';
import { call } from '#test/helpers/exchanges.ts';
import { MeshError } from '../router/errors.ts';
import type { Exchange } from '../router/exchange.ts';
import { Places } from './places.ts';

function bench(maxSize: number, maxWaiters = Number.POSITIVE_INFINITY) {
  const counts = { waiting: 0, waited: new Counter(), tooMany: new Counter() };
  const connected: Exchange[] = [];
  const limits = { minSize: 0, maxSize, maxWaiters, idleMs: undefined, counts };
  const places = new Places(limits, (x) => connected.push(x));
  const send = () => {
    const sent = call();
    places.send(sent.x);
    return sent;
  };
  return { counts, connected, places, send };
}

test('exchanges beyond the most connections wait in order, for one that is free or for the place of one that is gone', () => {
  const { connected, counts, places, send } = bench(1);
  const [a, b, c] = [send().x, send().x, send().x];
  assert.deepEqual([connected, counts.waiting, counts.waited.value], [[a], 2, 2]);
  assert.equal(places.next(), b);
  places.free();
  assert.deepEqual([connected, counts.waiting, places.taken], [[a, c], 0, 1]);
  assert.equal(places.next(), undefined);
  places.free();
  assert.equal(places.taken, 0);
});

test('linkerd1: host connection pool: more than may wait fail at once', () => {
  const { counts, send } = bench(1, 1);
  send();
  send();
  assert.deepEqual(send().caller.ends, ['tooManyWaiters']);
  assert.deepEqual([counts.waiting, counts.tooMany.value], [1, 1]);
});

test('one that gives up waits no more', () => {
  const { counts, places, send } = bench(1);
  send();
  const { x, caller } = send();
  x.abort(new MeshError('abandoned', 'gone'));
  assert.deepEqual(caller.ends, ['abandoned']);
  assert.deepEqual([counts.waiting, places.next()], [0, undefined]);
});

test('there are never more connections than may be, and nobody is forgotten', () => {
  const steps = fc.array(fc.constantFrom('send', 'answer', 'break'), { maxLength: 200 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), steps, (maxSize, moves) => {
      const { connected, counts, places, send } = bench(maxSize);
      let sent = 0;
      let taken = 0;
      let idle = 0;
      for (const move of moves) {
        if (move === 'send' && idle > 0) {
          idle -= 1;
        } else if (move === 'send') {
          send();
          sent += 1;
        } else if (places.taken - idle > 0) {
          if (move === 'break') places.free();
          else if (places.next() === undefined) idle += 1;
          else taken += 1;
        }
        assert.ok(places.taken <= maxSize);
        assert.equal(connected.length + taken + counts.waiting, sent);
        if (places.taken < maxSize || idle > 0) assert.equal(counts.waiting, 0);
      }
    }),
  );
});
