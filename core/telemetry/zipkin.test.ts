import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aSpan } from '#test/helpers/a-span.ts';
import { TraceId } from './trace.ts';
import { zipkinSpan } from './zipkin.ts';

test('a root span has the names of version 2, and no parent', () => {
  const id = new TraceId([0, 1], [0, 1], [0, 1], [0, 6]);
  assert.deepEqual(zipkinSpan(aSpan({ id })), {
    traceId: '0000000000000001',
    id: '0000000000000001',
    kind: 'SERVER',
    name: 'http /svc/web',
    timestamp: 1_700_000_000_000_000,
    duration: 1500,
    localEndpoint: { serviceName: '0.0.0.0/4140', ipv4: '10.0.0.1', port: 4140 },
    remoteEndpoint: { ipv4: '10.0.0.9', port: 4711 },
    tags: { 'router.label': 'http', service: '/svc/web' },
  });
});

test('a child names its parent, a long trace id is whole, IPv6 is told, nothing takes no time', () => {
  const id = new TraceId([0, 3], [0, 2], [0, 1], [0, 7], { hi: 1, lo: 2 });
  const annotations = [{ atUs: 5, text: 'ws' }];
  const span = zipkinSpan(aSpan({ id, local: undefined, remote: { ip: '::1', port: 1 }, durationUs: 0, annotations }));
  const {
    traceId,
    parentId,
    debug,
    duration,
    localEndpoint,
    remoteEndpoint,
    annotations: told,
  } = span as Record<string, unknown>;
  assert.deepEqual(
    [traceId, parentId, debug, duration],
    ['00000001000000020000000000000001', '0000000000000002', true, 1],
  );
  assert.deepEqual([localEndpoint, remoteEndpoint], [{ serviceName: '0.0.0.0/4140' }, { ipv6: '::1', port: 1 }]);
  assert.deepEqual(told, [{ timestamp: 5, value: 'ws' }]);
});
