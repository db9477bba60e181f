import assert from 'node:assert/strict';
import { test } from 'node:test';
import { telemeterKinds } from './kinds.ts';

test('the telemeters of Linkerd are there, with their defaults', () => {
  const of = (section: object) => telemeterKinds.schema.parse(section);
  assert.deepEqual(of({ kind: 'io.l5d.zipkin' }), { kind: 'io.l5d.zipkin', sampleRate: 0.001 });
  assert.deepEqual(of({ kind: 'io.l5d.tracelog' }), { kind: 'io.l5d.tracelog', sampleRate: 1, level: 'info' });
  assert.deepEqual(of({ kind: 'io.l5d.recentRequests', sampleRate: 0.5 }), {
    kind: 'io.l5d.recentRequests',
    sampleRate: 0.5,
    capacity: 10,
  });
  assert.throws(() => of({ kind: 'io.zipkin.kafka' }), /does not have yet/);
});
