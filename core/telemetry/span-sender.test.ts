import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { aSpan } from '#test/helpers/a-span.ts';
import { eventually } from '#test/helpers/within.ts';
import { ZipkinCollector } from '#test/helpers/zipkin-collector.ts';
import { systemClock } from '../clock.ts';
import { flatMetrics } from './json.ts';
import { Metrics } from './metrics.ts';
import { SpanSender } from './span-sender.ts';
import { zipkinSpan } from './zipkin.ts';

function sender(t: TestContext, url: string) {
  const metrics = new Metrics();
  const problems: string[] = [];
  const made = new SpanSender({ url: new URL(url), clock: systemClock, metrics, failed: (p) => problems.push(p) });
  t.after(() => made.close());
  const counts = () => flatMetrics(metrics);
  return { made, problems, counts };
}

const span = () => zipkinSpan(aSpan());

test('spans arrive, many at once, and are counted', async (t) => {
  await using collector = await ZipkinCollector.start();
  const { made, counts } = sender(t, collector.url);
  for (let i = 0; i < 450; i++) made.add(span());
  await eventually(() => counts()['spans/sent'] === 450 || undefined, 'all are sent');
  assert.deepEqual([collector.spans.length, collector.posts, collector.faults], [450, 3, []]);
});

test('a few wait for each other, and the last go when it is closed', async (t) => {
  await using collector = await ZipkinCollector.start();
  const { made } = sender(t, collector.url);
  made.add(span());
  made.add(span());
  await eventually(() => collector.posts === 1 || undefined, 'they are sent');
  assert.equal(collector.spans.length, 2);
  made.add(span());
  made.close();
  await eventually(() => collector.spans.length === 3 || undefined, 'the last is sent');
});

test('what the collector refuses is dropped and told', async (t) => {
  await using collector = await ZipkinCollector.start();
  collector.status = 500;
  const { made, problems, counts } = sender(t, collector.url);
  made.add(span());
  await eventually(() => problems.length === 1 || undefined, 'it is told');
  assert.deepEqual(problems, ['answered 500']);
  assert.deepEqual([counts()['spans/dropped'], counts()['failures'], counts()['spans/sent']], [1, 1, 0]);
});

test('nobody there: the same', async (t) => {
  const { made, problems } = sender(t, 'http://127.0.0.1:1/api/v2/spans');
  made.add(span());
  await eventually(() => problems.length === 1 || undefined, 'it is told');
  assert.match(problems[0] ?? '', /ECONNREFUSED/);
});

test('a collector that does not answer costs no more than a bounded number of spans', async (t) => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  t.after(() => silent.close());
  await eventually(() => silent.listening || undefined, 'it listens');
  const { port } = silent.address() as { port: number };
  const { made, counts } = sender(t, `http://127.0.0.1:${port}/`);
  for (let i = 0; i < 5000; i++) made.add({});
  assert.equal(counts()['spans/dropped'], 5000 - 200 - 2000, 'one batch is under way, 2000 wait');
});
