import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { answer, call, Desk } from '#test/helpers/exchanges.ts';
import { Counter } from '../../core/telemetry/metrics.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';

test('linkerd1: maxConcurrentRequests: no queue, whoever comes beyond is refused at once', () => {
  const nacks = new Counter();
  const desk = new Desk();
  const limited = new ConcurrencyLimit(1, nacks).before(desk);
  const first = call();
  limited.send(first.x);
  const second = call();
  limited.send(second.x);
  assert.deepEqual([second.caller.ends, nacks.value], [['overload'], 1]);
  answer(first.x);
  const third = call();
  limited.send(third.x);
  assert.deepEqual(third.caller.ends, []);
});

test('there are never more under way than may be, and every place is given back', () => {
  fc.assert(
    fc.property(fc.nat({ max: 4 }), fc.array(fc.boolean(), { maxLength: 100 }), (most, moves) => {
      const limit = new ConcurrencyLimit(most, new Counter());
      const desk = new Desk();
      const limited = limit.before(desk);
      const open: ReturnType<typeof call>[] = [];
      for (const send of moves) {
        if (send) {
          const sent = call();
          limited.send(sent.x);
          if (sent.caller.ends.length === 0) open.push(sent);
        } else {
          const done = open.pop();
          if (done !== undefined) answer(done.x);
        }
        assert.equal(limit.underWay, open.length);
        assert.ok(open.length <= most);
      }
    }),
  );
});
