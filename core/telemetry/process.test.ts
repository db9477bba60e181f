import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../clock.ts';
import { flatMetrics } from './json.ts';
import { Metrics } from './metrics.ts';
import { processMetrics } from './process.ts';

test('linkerd1: jvm:* names used by linkerd-viz: the process is described under the names dashboards ask for', () => {
  const metrics = new Metrics();
  const process = processMetrics(metrics, systemClock);
  const values = flatMetrics(metrics);
  process.close();
  for (const name of ['uptime', 'num_cpus', 'heap/used', 'heap/max', 'thread/count', 'fd_count']) {
    assert.ok((values[`jvm/${name}`] ?? 0) > 0, name);
  }
  assert.ok((values['jvm/heap/used'] ?? 0) < (values['jvm/heap/max'] ?? 0));
});

test('open files are counted', () => {
  const metrics = new Metrics();
  const process = processMetrics(metrics, systemClock);
  const before = flatMetrics(metrics)['jvm/fd_count'] ?? 0;
  const files = [1, 2, 3].map(() => openSync('/dev/null', 'r'));
  assert.equal(flatMetrics(metrics)['jvm/fd_count'], before + 3);
  for (const fd of files) closeSync(fd);
  process.close();
});

test('garbage collections are counted', async () => {
  const metrics = new Metrics();
  const process = processMetrics(metrics, systemClock);
  const deadline = Date.now() + 5000;
  let kept: object[] = [];
  while (metrics.counter('jvm', 'gc', 'cycles').value === 0 && Date.now() < deadline) {
    kept = Array.from({ length: 200_000 }, (_, i) => ({ i }));
    await sleep(1);
  }
  process.close();
  assert.ok(kept.length > 0 && metrics.counter('jvm', 'gc', 'cycles').value > 0);
});
