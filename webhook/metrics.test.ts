import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InjectorMetrics } from './metrics.ts';
import { finding } from './reasons.ts';
import type { Answer } from './review.ts';

const answer = (change: Partial<Answer>): Answer => ({
  review: { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid: 'u', allowed: true } },
  why: finding('injected'),
  mode: 'sidecar',
  namespace: 'a',
  dryRun: false,
  patchBytes: 100,
  ...change,
});

test('reviews are counted by result, reason, mode and dry run', () => {
  const metrics = new InjectorMetrics();
  metrics.answered(answer({}), 1);
  metrics.answered(answer({}), 1);
  metrics.answered(answer({ why: finding('host-network', 'x'), mode: 'none', dryRun: true, patchBytes: 10 }), 1);
  metrics.refused('too-large', 1);
  const counted = metrics
    .text()
    .split('\n')
    .filter((line) => line.startsWith('heddle_injector_reviews_total'));
  assert.deepEqual(counted, [
    'heddle_injector_reviews_total{result="injected",reason="injected",mode="sidecar",dry_run="false"} 2',
    'heddle_injector_reviews_total{result="skipped",reason="host-network",mode="none",dry_run="true"} 1',
    'heddle_injector_reviews_total{result="refused",reason="too-large",mode="none",dry_run="false"} 1',
  ]);
  assert.match(metrics.text(), /^heddle_injector_patch_bytes_total 210$/m);
});

test('times are a histogram in seconds, with bounds fit for milliseconds', () => {
  const metrics = new InjectorMetrics();
  for (const ms of [0.2, 0.25, 3, 5000]) metrics.answered(answer({}), ms);
  const lines = metrics
    .text()
    .split('\n')
    .filter((line) => line.includes('review_seconds'));
  assert.deepEqual(lines.slice(0, 3), [
    '# TYPE heddle_injector_review_seconds histogram',
    'heddle_injector_review_seconds_bucket{le="0.00025"} 2',
    'heddle_injector_review_seconds_bucket{le="0.0005"} 2',
  ]);
  assert.ok(lines.includes('heddle_injector_review_seconds_bucket{le="0.004"} 3'));
  assert.deepEqual(lines.slice(-3), [
    'heddle_injector_review_seconds_bucket{le="+Inf"} 4',
    'heddle_injector_review_seconds_sum 5.00345',
    'heddle_injector_review_seconds_count 4',
  ]);
});

test('gauges are read when asked', () => {
  const metrics = new InjectorMetrics();
  let value = 1;
  metrics.gauge('namespaces', () => value);
  value = 7;
  assert.match(metrics.text(), /# TYPE heddle_injector_namespaces gauge\nheddle_injector_namespaces 7\n$/);
});
