import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAppIds, readTasks, taskAddresses } from './marathon-answers.ts';

test('ids are compared in lower case', () => {
  assert.deepEqual(readAppIds({ apps: [{ id: '/Web' }, { id: '/a/b', cpus: 1 }] }), new Set(['/web', '/a/b']));
});

test('what no Marathon says is refused', () => {
  for (const body of [null, {}, { apps: [{}] }, []]) assert.throws(() => readAppIds(body));
  for (const body of [null, {}, { app: { tasks: [{ ports: ['x'] }] } }]) assert.throws(() => readTasks(body, false));
});

test('tasks without a place are left out, and so are those whose host nobody knows', () => {
  const app = {
    tasks: [{ host: 'a', ports: [80] }, { host: 'b', ports: [] }, { ports: [80] }, { host: 'c', ports: [0] }],
  };
  const tasks = readTasks({ app }, false);
  assert.deepEqual(tasks, [{ host: 'a', port: 80 }]);
  const hosts = new Map([['a', ['10.0.0.1', '10.0.0.2']]]);
  assert.deepEqual(
    taskAddresses([...tasks, { host: 'z', port: 1 }], hosts).map(({ host, port }) => `${host}:${port}`),
    ['10.0.0.1:80', '10.0.0.2:80'],
  );
});
