import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAppIds, readTasks } from './marathon-answers.ts';

test('ids are compared in lower case', () => {
  assert.deepEqual(readAppIds({ apps: [{ id: '/Web' }, { id: '/a/b', cpus: 1 }] }), new Set(['/web', '/a/b']));
});

test('what no Marathon says is refused', () => {
  for (const body of [null, {}, { apps: [{}] }, []]) assert.throws(() => readAppIds(body));
  for (const body of [null, {}, { app: { tasks: [{ ports: ['x'] }] } }]) assert.throws(() => readTasks(body, false));
});

test('tasks without a place are left out', () => {
  const app = {
    tasks: [{ host: 'a', ports: [80] }, { host: 'b', ports: [] }, { ports: [80] }, { host: 'c', ports: [0] }],
  };
  assert.deepEqual(readTasks({ app }, false), [{ host: 'a', port: 80 }]);
});
