import assert from 'node:assert/strict';
import { test } from 'node:test';
import { showDtab } from '#core/naming/dtab.ts';
import { router } from './router.ts';

test('a router without more than its protocol has the defaults of Linkerd', () => {
  const { label, dtab, dstPrefix, client, service, ...rest } = router.parse({ protocol: 'http' });
  assert.deepEqual([label, showDtab(dtab), dstPrefix.show], ['http', '', '/svc']);
  assert.deepEqual([client.length, service.length], [1, 1]);
  assert.deepEqual(rest, {
    protocol: 'http',
    interpreter: { kind: 'default' },
    identifier: [],
    servers: [],
    bindingTimeoutMs: 10_000,
    bindingCache: { paths: 1000, trees: 1000, bounds: 1000, clients: 1000, idleTtlSecs: 600 },
    originator: false,
    enforceDeadlines: false,
    experimental: false,
    maxHeadersKB: 8,
    maxInitialLineKB: 4,
    maxErrResponseKB: 5120,
    streamingEnabled: true,
    compressionLevel: -1,
    tracePropagator: { kind: 'io.l5d.default' },
    httpAccessLogRollPolicy: { kind: 'never' },
    httpAccessLogAppend: true,
    httpAccessLogRotateCount: -1,
  });
});

test('linkerd1: default ports per protocol: a server without any key listens on the loopback address and the port of its protocol', () => {
  const [server] = router.parse({ protocol: 'http', servers: [{}] }).servers;
  assert.deepEqual(server, { port: 4140, ip: '127.0.0.1', clearContext: false, multiplex: false, maxCallDepth: 1000 });
  assert.equal(router.parse({ protocol: 'h2', servers: [{}] }).servers[0]?.port, 4142);
});

test('one identifier and a list of one are the same', () => {
  const path = { kind: 'io.l5d.path', segments: 2, consume: false };
  for (const identifier of [path, [path]])
    assert.deepEqual(router.parse({ protocol: 'http', identifier }).identifier, [path]);
});

test('part of a cache can be set', () => {
  const { bindingCache } = router.parse({ protocol: 'http', bindingCache: { clients: 5 } });
  assert.deepEqual(bindingCache, { paths: 1000, trees: 1000, bounds: 1000, clients: 5, idleTtlSecs: 600 });
});
