import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { cpuOf, processTree, residentBytes } from './cpu.ts';

test('processor time grows with work done, in microseconds', () => {
  const before = cpuOf([process.pid]);
  const until = performance.now() + 150;
  while (performance.now() < until) Math.sqrt(until);
  const after = cpuOf([process.pid]);
  const spent = after.user + after.system - before.user - before.system;
  assert.ok(spent > 20_000 && spent < 2_000_000, `${spent} µs for 150 ms`);
});

test('a process that has gone counts nothing', () => {
  assert.deepEqual(cpuOf([2 ** 22 + 1]), { user: 0, system: 0 });
});

test('the tree holds children of children', async () => {
  const shell = spawn('sh', ['-c', 'sh -c "sleep 10 & echo ready; wait" & wait'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(shell.stdout, 'data');
  const tree = processTree(shell.pid ?? 0);
  assert.ok(tree.length >= 3, `${tree}`);
  // Parents first: one whose child is gone ends by itself.
  for (const pid of tree) process.kill(pid);
});

test('this process is larger than 20 MB and smaller than a gigabyte', () => {
  const bytes = residentBytes([process.pid]);
  assert.ok(bytes > 20 * 2 ** 20 && bytes < 2 ** 30);
});
