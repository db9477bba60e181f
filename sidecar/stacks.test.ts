import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import { forwardedHeader } from './config/forwarded.ts';
import { failureNames } from './filters/failure-names.ts';
import { forwarded } from './filters/forwarded.ts';
import { RequestStats } from './filters/request-stats.ts';
import { serverTimeout } from './filters/time-limits.ts';
import { timestamp } from './filters/timestamp.ts';
import { serverTrace } from './filters/tracing.ts';
import { propagatorKinds } from './propagators/kinds.ts';
import { Alarms } from './router/alarms.ts';
import type { Stack } from './router/service.ts';
import { Timeouts } from './router/timeouts.ts';
import { boundStack, clientStack, endpointStack, pathStack, serverStack } from './stacks.ts';

const metrics = new Metrics();
const stats = new RequestStats(metrics, failureNames.http.server);
const forwarding = forwarded(forwardedHeader.parse({}), 'http', 'http', Math.random);
const timeouts = new Timeouts(1000, new ManualClock());
const propagator = propagatorKinds.make({ kind: 'io.l5d.default' }, undefined);
const trace = serverTrace(propagator, Math.random, undefined);
const roles = (stack: Stack) => stack.map(({ role }) => role);

for (const [name, stack, expected] of [
  ['server', serverStack('http', metrics, stats, trace, {}), ['status', 'stats', 'trace', 'deadline']],
  [
    'full server',
    serverStack('http', metrics, stats, trace, {
      forwarding,
      stamp: timestamp('x'),
      timeout: serverTimeout(timeouts, '127.0.0.1/4140'),
    }),
    ['status', 'stats', 'trace', 'deadline', 'timeout', 'timestamp', 'forwarded'],
  ],
  ['path', pathStack('http', stats, { total: timeouts }), ['successClass', 'stats', 'totalTimeout']],
  [
    'path of HTTP/2',
    pathStack('h2', stats, { keepBytes: 10, alarms: new Alarms(new ManualClock()) }),
    ['keepAtMost', 'successClass', 'stats', 'grpcDeadline'],
  ],
  ['path without a time-out', pathStack('http', stats, {}), ['successClass', 'stats']],
  ['bound', boundStack(Math.random, propagator, undefined), ['trace', 'context']],
  ['client', clientStack(metrics, false), ['status']],
  ['client that forwards certificates', clientStack(metrics, true), ['status', 'clientCert']],
  ['endpoint', endpointStack(stats, timeouts, '/#/web'), ['stats', 'attemptTimeout']],
  ['endpoint without a time-out', endpointStack(stats, undefined, '/#/web'), ['stats']],
] as const) {
  test(`the ${name} stack: ${expected.join(', ')}`, () => {
    assert.deepEqual(roles(stack), expected);
    assert.equal(new Set(roles(stack)).size, expected.length, 'roles are unique within a stack');
  });
}
