import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '#core/clock.ts';
import { Counter, Metrics } from '#core/telemetry/metrics.ts';
import { someEndpoint } from '#test/helpers/endpoints.ts';
import { answer, call, Desk } from '#test/helpers/exchanges.ts';
import type { FailureKind } from '../router/errors.ts';
import type { Exchange } from '../router/exchange.ts';
import { ResponseHead } from '../router/response-head.ts';
import { compose, type Filter } from '../router/service.ts';
import { clientStatus, serverStatus } from './status-stats.ts';

function bench(filter: (metrics: Metrics) => Filter) {
  const clock = new ManualClock();
  const metrics = new Metrics();
  const desk = new Desk();
  const service = compose([filter(metrics)], desk);
  const send = (): Exchange => {
    const { x } = call({ clock });
    x.endpoint = someEndpoint();
    x.attemptAt = clock.now();
    service.send(x);
    return x;
  };
  /** Counts that are not 0, without `status/`. */
  const statuses = (): Readonly<Record<string, number>> => {
    const all: Record<string, number> = {};
    for (const [name, { metric }] of metrics.scope('status').children)
      if (metric instanceof Counter && metric.value > 0) all[name] = metric.value;
    return all;
  };
  const time = (name: string) => metrics.stat('time', name).histogram;
  return { clock, send, statuses, time };
}

for (const [where, filter] of [
  ['client', clientStatus],
  ['server', serverStatus],
] as const) {
  test(`a ${where} counts an answer by its status and its class, and times it`, () => {
    const { clock, send, statuses, time } = bench(filter);
    const x = send();
    clock.advance(20);
    answer(x, 404);
    answer(send(), 200);
    answer(send(), 404);
    assert.deepEqual(statuses(), { '200': 1, '2XX': 1, '404': 2, '4XX': 2 });
    assert.deepEqual([time('4XX').count, time('4XX').sum, time('2XX').count], [2, 20, 1]);
  });

  test(`a ${where} counts a status of no class by itself`, () => {
    const { send, statuses } = bench(filter);
    answer(send(), 999);
    assert.deepEqual(statuses(), { '999': 1 });
  });

  test(`a ${where} counts an answer whose body breaks off by its status`, () => {
    const { send, statuses } = bench(filter);
    const x = send();
    const head = new ResponseHead();
    head.status = 200;
    x.head(head);
    x.refuse('reset', 'broke off');
    assert.deepEqual(statuses(), { '200': 1, '2XX': 1 });
  });
}

for (const [kind, status] of [
  ['unidentified', 400],
  ['unbound', 502],
  ['totalTimeout', 503],
  ['abandoned', 502],
] as const) {
  test(`a server counts ${kind} as the ${status} it answers`, () => {
    const { send, statuses } = bench(serverStatus);
    send().refuse(kind, '');
    assert.equal(statuses()[String(status)], 1);
  });
}

test('a server does not count a request whose override cannot be read', () => {
  const { send, statuses } = bench(serverStatus);
  send().refuse('badDtab', '');
  assert.deepEqual(statuses(), {});
});

test('a client counts an attempt without an answer as an error, and times it', () => {
  const { clock, send, statuses, time } = bench(clientStatus);
  const x = send();
  clock.advance(5);
  x.refuse('reset', '');
  assert.deepEqual(statuses(), { error: 1 });
  assert.equal(time('error').sum, 5);
});

for (const [what, kind, hasEndpoint] of [
  ['a connection that failed', 'connect', true],
  ['a cluster without endpoints', 'unbound', false],
] as const) {
  test(`a client does not count ${what}`, () => {
    const { send, statuses } = bench(clientStatus);
    const x = send();
    if (!hasEndpoint) x.endpoint = undefined;
    x.refuse(kind, '');
    assert.deepEqual(statuses(), {});
  });
}

test('the classes add up to the statuses, and those to the requests that were answered', () => {
  const ending = fc.oneof(fc.integer({ min: 100, max: 599 }), fc.constantFrom<FailureKind>('reset', 'attemptTimeout'));
  fc.assert(
    fc.property(fc.array(ending, { maxLength: 50 }), (endings) => {
      const { send, statuses } = bench(clientStatus);
      for (const how of endings) {
        if (typeof how === 'number') answer(send(), how);
        else send().refuse(how, '');
      }
      const sum = (names: RegExp) =>
        Object.entries(statuses()).reduce((total, [name, value]) => total + (names.test(name) ? value : 0), 0);
      const answered = endings.filter((how) => typeof how === 'number').length;
      assert.equal(sum(/^\d\d\d$/), answered);
      assert.equal(sum(/^\dXX$/), answered);
      assert.equal(sum(/^error$/), endings.length - answered);
    }),
  );
});
