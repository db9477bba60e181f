import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aSpan } from '#test/helpers/a-span.ts';
import { RecentRequests } from './recent-requests.ts';
import { childTrace } from './trace.ts';

/** The spans of a request, that of the attempt first. */
function request(service: string, attempted = true) {
  const server = aSpan({ tags: { 'router.label': 'http', service } });
  const client = aSpan({
    kind: 'CLIENT',
    id: childTrace(server.id, Math.random),
    remote: { ip: '::1', port: 80 },
    tags: { client: '/#/web' },
  });
  return attempted ? [client, server] : [server];
}

test('a request is shown with where it came from and went', () => {
  const recent = new RecentRequests(10);
  for (const span of request('/svc/web')) recent.add(span);
  assert.deepEqual(recent.newestFirst, [
    {
      at: 1_700_000_000_000,
      source: '10.0.0.9:4711',
      server: '10.0.0.1:4140',
      router: 'http',
      service: '/svc/web',
      client: '/#/web',
      destination: '[::1]:80',
    },
  ]);
});

test('the newest are kept, and stand first', () => {
  const recent = new RecentRequests(2);
  for (const span of ['/1', '/2', '/3'].flatMap((name) => request(name))) recent.add(span);
  assert.deepEqual(
    recent.newestFirst.map(({ service }) => service),
    ['/3', '/2'],
  );
});

test('a request that went nowhere is left out', () => {
  const recent = new RecentRequests(2);
  for (const span of request('/svc/web', false)) recent.add(span);
  assert.deepEqual(recent.newestFirst, []);
});
