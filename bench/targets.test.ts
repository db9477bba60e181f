import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Measured } from './measure.ts';
import { scenarios } from './scenarios.ts';
import { targetTable } from './targets.ts';

function row(id: string, contender: string, figures: Partial<Measured>): Measured {
  const scenario = scenarios.find((s) => s.id === id);
  assert.ok(scenario !== undefined, id);
  const none = Number.NaN;
  const open = { p50: none, p99: none, p999: none };
  const empty = { cpu: none, user: none, system: none, rounds: [], perSecond: none, p50: none, p99: none, failed: 0 };
  return { ...empty, open, idleBytes: none, loadedBytes: none, scenario, contender, ...figures };
}

const lines = (table: string) =>
  table
    .trim()
    .split('\n')
    .slice(2)
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, of, , , measured, reached]) => [of, measured, reached]);

test('a target is reached where the figure of the same scenario is within its bounds', () => {
  const rows = [
    row('h1-128', 'nginx', { cpu: 20 }),
    row('h1-128', 'linker', { cpu: 22, perSecond: 50_000, idleBytes: 61 * 2 ** 20 }),
    row('h1-128', 'fast-proxy', { perSecond: 10_000 }),
    row('h1-128', 'http-proxy', { perSecond: 2000 }),
    row('mtls-128', 'nginx', { cpu: 50 }),
    row('mtls-128', 'linker', { cpu: 25, open: { p50: 0, p99: 1500, p999: 0 } }),
    row('mtls-128', 'direct', { open: { p50: 0, p99: 600, p999: 0 } }),
  ];
  assert.deepEqual(lines(targetTable(rows, [{ contender: 'linker', ms: 40, cpuMs: 40 }])), [
    ['one plain HTTP/1.1 hop, CPU ÷ nginx', '1.10', 'must'],
    ['two mTLS hops, 64 in flight, CPU ÷ nginx pair', '0.50', 'aim'],
    ['throughput ÷ best npm proxy', '5.00', 'aim'],
    ['two mTLS hops at 1000/s, added p99, ms', '0.90', 'must'],
    ['RSS idle, MB', '61', 'missed'],
    ['start to first byte, ms', '40', 'aim'],
  ]);
});

test('a run without an answer has no targets', () => {
  assert.equal(targetTable([row('h1-10k', 'nginx', { cpu: 3 })], []), '');
});
