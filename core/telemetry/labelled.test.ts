import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelledNodes } from './labelled.ts';
import { Metrics } from './metrics.ts';

test('what stands for a value is taken out of the names', () => {
  const metrics = new Metrics();
  metrics.counter('top');
  metrics.counter('rt', 'in', 'client', '#/web', 'service', 'svc/web', 'requests');
  metrics.counter('rt', 'in', 'server', '0.0.0.0/1', 'failures', 'x');
  metrics.counter('rt', 'in', 'originator');
  const nodes = [...labelledNodes(metrics)].map((n) => [n.names.join(':'), n.labels, n.metrics.map(([name]) => name)]);
  assert.deepEqual(nodes, [
    ['', {}, ['top']],
    ['rt', { rt: 'in' }, ['originator']],
    ['rt:client:service', { rt: 'in', client: '#/web', service: 'svc/web' }, ['requests']],
    ['rt:server:failures', { rt: 'in', server: '0.0.0.0/1' }, ['x']],
  ]);
});
