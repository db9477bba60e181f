import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { flatMetrics } from '#core/telemetry/json.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import { answer, call, Desk } from '#test/helpers/exchanges.ts';
import { compose } from '../router/service.ts';
import { tunnelStats } from './tunnel-stats.ts';

/** What is counted of a tunnel that carried 3 bytes to the origin and 5 back in 7 ms. */
function counted(side: 'server' | 'client', stands: boolean) {
  const metrics = new Metrics();
  const clock = new ManualClock();
  const desk = new Desk();
  const { x } = call({ method: 'CONNECT', clock });
  compose([tunnelStats(metrics, side)], desk).send(x);
  x.switched = stands;
  x.carriedUp = 3;
  x.carriedDown = 5;
  clock.advance(7);
  answer(x);
  const flat = flatMetrics(metrics);
  return ['duration', 'received_bytes', 'sent_bytes'].map((name) => flat[`connection_${name}.sum`]);
}

test('a server receives what goes to the origin, a client what comes from it', () => {
  assert.deepEqual(counted('server', true), [7, 3, 5]);
  assert.deepEqual(counted('client', true), [7, 5, 3]);
});

test('a tunnel that never stood is none', () => {
  assert.deepEqual(counted('server', false), [undefined, undefined, undefined]);
});
