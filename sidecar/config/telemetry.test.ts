import assert from 'node:assert/strict';
import { test } from 'node:test';
import { telemeter } from './telemetry.ts';

const complaint = (value: unknown): string | undefined => telemeter.safeParse(value).error?.issues[0]?.message;

test('telemeters have the defaults of Linkerd', () => {
  assert.deepEqual(telemeter.parse({ kind: 'io.l5d.prometheus' }), {
    kind: 'io.l5d.prometheus',
    path: '/admin/metrics/prometheus',
    prefix: '',
  });
  assert.deepEqual(telemeter.parse({ kind: 'io.l5d.zipkin' }), {
    kind: 'io.l5d.zipkin',
    host: 'localhost',
    port: 9410,
    sampleRate: 0.001,
  });
});

test('a sample rate is a fraction, and recentRequests cannot do without one', () => {
  assert.equal(complaint({ kind: 'io.l5d.recentRequests', sampleRate: 0.25 }), undefined);
  for (const sampleRate of [undefined, 2, -0.1, 'all']) {
    assert.equal(complaint({ kind: 'io.l5d.recentRequests', sampleRate }), 'sampleRate must be between 0.0 and 1.0');
  }
});

test('telemeters of Linkerd that are not built yet are named', () => {
  assert.match(
    complaint({ kind: 'io.l5d.statsd' }) ?? '',
    /^io\.l5d\.statsd is a Linkerd 1\.x telemeter that Heddle does not have yet/,
  );
});
