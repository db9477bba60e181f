import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selfTimes } from './profile.ts';

const node = (id: number, functionName: string, url = '', lineNumber = -1) => ({
  id,
  callFrame: { functionName, url, lineNumber },
});

test('self time is summed by function and place, idle time left out', () => {
  const times = selfTimes({
    nodes: [
      node(1, '(idle)'),
      node(2, 'parse', 'file:///x/head.ts', 9),
      node(3, 'parse', 'file:///x/head.ts', 9),
      node(4, '', 'node:net', 0),
    ],
    samples: [1, 2, 3, 4, 1],
    timeDeltas: [5, 100, 30, 30, 20],
  });
  assert.deepEqual(times, [
    { name: 'parse', place: 'file:///x/head.ts:10', microseconds: 60, share: 0.75 },
    { name: '(anonymous)', place: 'node:net:1', microseconds: 20, share: 0.25 },
  ]);
});
