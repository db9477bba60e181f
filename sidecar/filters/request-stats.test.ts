import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '#core/clock.ts';
import { Counter, Gauge, Metrics, Stat } from '#core/telemetry/metrics.ts';
import { answer, call, Desk } from '#test/helpers/exchanges.ts';
import { type FailureKind, failures, MeshError } from '../router/errors.ts';
import { ResponseHead } from '../router/response-head.ts';
import { compose, type Filter } from '../router/service.ts';
import { failureNames } from './failure-names.ts';
import { clientStats, RequestStats, serverStats, serviceStats } from './request-stats.ts';

/** All that was counted, by path; a stat shows the sum of its values. */
function counted(metrics: Metrics, prefix = ''): Readonly<Record<string, number>> {
  const all: Record<string, number> = {};
  const { metric } = metrics;
  if (metric instanceof Counter) all[prefix] = metric.value;
  else if (metric instanceof Gauge) all[prefix] = metric.read();
  else if (metric instanceof Stat) all[prefix] = metric.histogram.sum;
  for (const [name, child] of metrics.children)
    Object.assign(all, counted(child, prefix === '' ? name : `${prefix}/${name}`));
  return all;
}

function bench(filter: (stats: RequestStats) => Filter) {
  const clock = new ManualClock();
  const metrics = new Metrics();
  const desk = new Desk();
  const service = compose([filter(new RequestStats(metrics, failureNames.http.service))], desk);
  const send = () => {
    const sent = call({ clock });
    service.send(sent.x);
    return sent.x;
  };
  return { clock, metrics, desk, send, counts: () => counted(metrics) };
}

const none = { requests: 0, success: 0, failures: 0, request_latency_ms: 0, pending: 0 };

describe('a request', () => {
  test('counts once it is over, with the time to its answer', () => {
    const { clock, send, counts } = bench(serviceStats);
    clock.advance(5);
    const x = send();
    assert.deepEqual(counts(), { ...none, pending: 1 });
    clock.advance(20);
    answer(x);
    assert.deepEqual(counts(), { ...none, requests: 1, success: 1, request_latency_ms: 20 });
  });

  test('answered with a failure says that the classifier calls it one', () => {
    const { send, counts } = bench(serviceStats);
    answer(send(), 503);
    const why = 'failures/com.twitter.finagle.service.ResponseClassificationSyntheticException';
    assert.deepEqual(counts(), { ...none, requests: 1, failures: 1, [why]: 1 });
  });

  test('that fails is counted under the name of the failure, a scope for each slash', () => {
    const { send, counts } = bench(serviceStats);
    send().refuse('connect', '');
    assert.equal(counts()[`failures/${failures.connect.metric}`], 1);
    assert.equal(counts()['failures/restartable'], 1);
  });

  test('whose body breaks off counts as it was answered', () => {
    const { send, counts } = bench(serviceStats);
    const x = send();
    const head = new ResponseHead();
    head.status = 200;
    x.head(head);
    x.refuse('reset', 'broke off');
    assert.deepEqual(counts(), { ...none, requests: 1, success: 1 });
  });
});

test('two that count in one scope add up, and each knows its own', () => {
  const metrics = new Metrics();
  const [one, two] = [
    new RequestStats(metrics, failureNames.http.service),
    new RequestStats(metrics, failureNames.http.service),
  ];
  one.begin();
  one.begin();
  two.begin();
  assert.equal(counted(metrics)['pending'], 3);
  assert.deepEqual([one.pending, two.pending], [2, 1]);
  one.skip();
  two.skip();
  assert.equal(counted(metrics)['pending'], 1);
  assert.deepEqual([one.pending, two.pending], [1, 0]);
});

test('a failure that was answered counts as classified, though its body broke off too', () => {
  const { send, counts } = bench(serviceStats);
  const x = send();
  const head = new ResponseHead();
  head.status = 500;
  x.head(head);
  x.refuse('reset', 'broke off');
  assert.equal(counts()['failures/com.twitter.finagle.service.ResponseClassificationSyntheticException'], 1);
});

describe('at a client', () => {
  test('a connection that failed is no request', () => {
    const { send, counts } = bench(clientStats);
    send().refuse('connect', '');
    assert.deepEqual(counts(), none);
  });

  test('every attempt counts for the name it was made for as well', () => {
    const metrics = new Metrics();
    const forName = new RequestStats(metrics, failureNames.http.service);
    const desk = new Desk();
    const service = compose([clientStats(new RequestStats(new Metrics(), failureNames.http.service))], desk);
    for (const end of [(x: typeof desk.last) => answer(x), (x: typeof desk.last) => x.refuse('connect', '')]) {
      const { x } = call();
      x.share = {
        upTo: 1,
        client: '',
        service: desk,
        lines: '',
        residual: '',
        stats: forName,
        unroutable: () => '',
      };
      service.send(x);
      assert.equal(forName.pending, 1);
      end(x);
    }
    assert.deepEqual(counted(metrics), { ...none, requests: 1, success: 1 });
  });
});

test('an h2 server counts a request that asks for no name as a failure: it is reset', () => {
  const { send, counts } = bench((stats) => serverStats(stats, 'h2'));
  send().refuse('unidentified', '');
  assert.deepEqual([counts()['requests'], counts()['failures']], [1, 1]);
});

describe('at a server', () => {
  for (const [how, ending, expected] of [
    ['an answer', 200, { requests: 1, success: 1 }],
    ['an answer of 5xx', 500, { requests: 1, failures: 1 }],
    ['a refusal of 4xx', 'unidentified', { requests: 1, success: 1 }],
    ['a loop', 'loop', { requests: 1, success: 1 }],
    ['a bad gateway', 'unbound', { requests: 1, failures: 1 }],
    ['a caller that left', 'abandoned', { requests: 1, failures: 1 }],
    ['an override that cannot be read', 'badDtab', { requests: 0 }],
  ] as const) {
    test(`${how} counts ${JSON.stringify(expected)}`, () => {
      const { send, counts } = bench((stats) => serverStats(stats, 'http'));
      const x = send();
      if (typeof ending === 'number') answer(x, ending);
      else x.refuse(ending, '');
      const { requests, success, failures: failed } = counts();
      assert.deepEqual({ requests, success, failures: failed }, { success: 0, failures: 0, ...expected });
      assert.equal(counts()['pending'], 0);
    });
  }
});

for (const [where, filter] of [
  ['service', serviceStats],
  ['client', clientStats],
  ['server', (stats: RequestStats) => serverStats(stats, 'http')],
] as const) {
  test(`success and failures of a ${where} are its requests, and reasons are its failures, whatever happens`, () => {
    const ending = fc.oneof(
      fc.integer({ min: 100, max: 599 }),
      fc.constantFrom(...(Object.keys(failures) as FailureKind[])),
      fc.constant('broken' as const),
    );
    const step = fc.record({ ending, which: fc.nat({ max: 9 }), begin: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { desk, send, counts } = bench(filter);
        const open: (typeof desk.last)[] = [];
        let uncounted = 0;
        let begun = 0;
        for (const { ending: how, which, begin } of steps) {
          if (begin || open.length === 0) {
            open.push(send());
            begun += 1;
            continue;
          }
          const [x] = open.splice(which % open.length, 1);
          if (x === undefined) continue;
          if (typeof how === 'number') answer(x, how);
          else if (how === 'broken') {
            const head = new ResponseHead();
            head.status = 200;
            x.head(head);
            x.refuse('reset', '');
          } else x.fail(new MeshError(how, ''));
          const unacquired = where === 'client' && ['connect', 'markedDown', 'tooManyWaiters'].includes(String(how));
          if (unacquired || (where === 'server' && how === 'badDtab')) uncounted += 1;
        }
        const now = counts();
        const reasons = Object.entries(now).filter(([name]) => /^failures\/[^/]+$/.test(name));
        assert.equal(now['requests'], begun - open.length - uncounted);
        assert.equal((now['success'] ?? 0) + (now['failures'] ?? 0), now['requests']);
        assert.equal(
          reasons.reduce((sum, [, value]) => sum + value, 0),
          now['failures'],
        );
        assert.equal(now['pending'], open.length);
      }),
    );
  });
}
