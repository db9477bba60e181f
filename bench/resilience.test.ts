import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Endpoints, trials } from './resilience.ts';

test('endpoints behave as told, each for itself, and count what reaches them', async () => {
  const endpoints = await Endpoints.start(2, (index) => ({ status: index === 0 ? 503 : 200, afterMs: index * 5 }));
  try {
    const statuses = await Promise.all(
      endpoints.ports.map(async (port) => (await fetch(`http://127.0.0.1:${port}/`)).status),
    );
    assert.deepEqual(statuses, [503, 200]);
    assert.equal(endpoints.requests, 2);
  } finally {
    endpoints.close();
  }
});

test('one endpoint is slow, for the middle three quarters of a trial', () => {
  const [slow] = trials;
  const delays = [-1, 0.1, 0.5, 0.8, 0.9].map((elapsed) => slow?.behaviour(0, elapsed).afterMs);
  assert.deepEqual(delays, [0, 0, 2000, 2000, 0]);
  assert.equal(slow?.behaviour(1, 0.5).afterMs, 0);
});

test('in a storm every endpoint fails from the first request that counts', () => {
  const storm = trials.at(-1);
  assert.deepEqual(
    [-0.1, 0, 1].map((elapsed) => storm?.behaviour(2, elapsed).status),
    [200, 503, 503],
  );
});
