import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aSpan } from '#test/helpers/a-span.ts';
import { telemeter } from '#test/helpers/telemeter.ts';
import { decide } from '../telemetry/trace.ts';

test('linkerd1: influxdb, statsd, tracelog: tracelog writes a line for every span, at its level', (t) => {
  const { made, log } = telemeter(t, { kind: 'io.l5d.tracelog', level: 'WARNING' });
  const span = aSpan();
  assert.equal(made.tracer?.wants(span.id), true);
  assert.equal(made.tracer?.samples(span.id), undefined, 'what is logged here is nobody else’s business');
  made.tracer?.record(span);
  const [line] = log.lines;
  assert.deepEqual([line?.level, line?.event], ['warn', 'span']);
  assert.match(JSON.stringify(line?.fields), /"io\.l5d\.tracelog"[\s\S]*"http \/svc\/web"/);
});

test('of no share of the traces it takes those that are sampled', (t) => {
  const { made } = telemeter(t, { kind: 'io.l5d.tracelog', sampleRate: 0 });
  const { id } = aSpan();
  assert.deepEqual([made.tracer?.wants(id), made.tracer?.wants(decide(id, true))], [false, true]);
});

test('switched off it wants nothing', (t) => {
  assert.equal(telemeter(t, { kind: 'io.l5d.tracelog', level: 'OFF' }).made.tracer, undefined);
});
