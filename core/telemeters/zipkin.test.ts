import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aSpan } from '#test/helpers/a-span.ts';
import { telemeter } from '#test/helpers/telemeter.ts';
import { eventually } from '#test/helpers/within.ts';
import { ZipkinCollector } from '#test/helpers/zipkin-collector.ts';
import { systemClock } from '../clock.ts';
import { decide } from '../telemetry/trace.ts';
import { scribeRemark } from './zipkin.ts';

test('linkerd1: zipkin scribe: spans of sampled traces are posted, by HTTP, and the others are not', async (t) => {
  await using collector = await ZipkinCollector.start();
  const { made } = telemeter(t, { kind: 'io.l5d.zipkin', url: collector.url, sampleRate: 1 }, systemClock);
  const span = aSpan();
  assert.equal(made.tracer?.samples(span.id), true);
  assert.deepEqual([made.tracer?.wants(span.id), made.tracer?.wants(decide(span.id, true))], [false, true]);
  made.tracer?.record(span);
  await eventually(() => collector.spans.length === 1 || undefined, 'it has come');
  assert.deepEqual(collector.faults, []);
});

test('the plugin says host and port in one', async (t) => {
  await using collector = await ZipkinCollector.start();
  const host = new URL(collector.url).host;
  const { made } = telemeter(t, { kind: 'io.zipkin.http', host, initialSampleRate: 0 }, systemClock);
  assert.equal(made.tracer?.samples(aSpan().id), false);
  made.tracer?.record(aSpan());
  await eventually(() => collector.spans.length === 1 || undefined, 'it has come');
});

test('linkerd1: zipkin scribe: host and port of Scribe are accepted, and it is said what to write instead', () => {
  const remark = (more: object) => scribeRemark({ kind: 'io.l5d.zipkin', ...more });
  assert.equal(
    remark({ host: 'zipkin-collector', port: 9410 }),
    'spans are posted to http://zipkin-collector:9411/api/v2/spans, Scribe is not spoken: write `url: http://zipkin-collector:9411/api/v2/spans` instead of host and port',
  );
  assert.match(remark({ port: 1 }) ?? '', /http:\/\/localhost:9411/);
  assert.equal(remark({}), undefined);
  assert.equal(remark({ url: 'http://a/' }), undefined);
  assert.equal(scribeRemark({ kind: 'io.l5d.prometheus' }), undefined);
});

test('a collector is a URL without a password', (t) => {
  for (const url of ['zipkin:9411', 'ftp://zipkin/', 'http://me:secret@zipkin/'])
    assert.throws(() => telemeter(t, { kind: 'io.l5d.zipkin', url }), /not a URL/, url);
});
