import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alpnOf, clientAlpn, codecLimits, serverLimits } from './codec-options.ts';
import { router } from './config/router.ts';

test('an http router holds peers to the sizes of its section', () => {
  const section = { protocol: 'http', maxInitialLineKB: 2, maxHeadersKB: 3, streamAfterContentLengthKB: 1 };
  const { line, headers, gather } = codecLimits(router.parse(section));
  assert.deepEqual([line, headers, gather], [2048, 3072, 1024]);
});

test('an h2 router has the defaults of an http one', () => {
  const sizes = (protocol: string) => codecLimits(router.parse({ protocol }));
  assert.deepEqual(sizes('h2'), sizes('http'));
});

test('a server of an h2 router has its own streams, window and headers, one of an http router none', () => {
  const own = { maxConcurrentStreamsPerConnection: 7, initialStreamWindowBytes: 1000, maxHeaderListBytes: 500 };
  const of = (protocol: 'http' | 'h2', server: object) => {
    const config = router.parse({ protocol, servers: [server] });
    if (config.protocol === 'tcp') assert.fail();
    return serverLimits(codecLimits(config), config.servers[0] ?? assert.fail());
  };
  const { streams, window, headers } = of('h2', own);
  assert.deepEqual([streams, window, headers], [7, 1000, 500]);
  assert.deepEqual([of('h2', {}).streams, of('h2', {}).window, of('h2', {}).headers], [1000, 65_535, 8192]);
  assert.deepEqual(of('http', {}), codecLimits(router.parse({ protocol: 'http' })));
});

test('only HTTP/2 is negotiated', () => {
  assert.deepEqual([alpnOf('http'), alpnOf('h2')], [[], ['h2']]);
  assert.deepEqual([clientAlpn('http', 'http'), clientAlpn('h2', 'h2')], [[], ['h2']]);
  assert.deepEqual(clientAlpn('http', 'h2'), ['heddle-h2', 'h2'], 'HTTP/2 by nature on an http router');
});

test('where nothing is to be streamed, bodies are taken whole up to 64 MB', () => {
  const { gather, whole } = codecLimits(router.parse({ protocol: 'http', streamingEnabled: false }));
  assert.deepEqual([gather, whole], [64 * 1024 * 1024, 64 * 1024 * 1024]);
  assert.equal(codecLimits(router.parse({ protocol: 'http' })).whole, undefined);
  assert.equal(codecLimits(router.parse({ protocol: 'http', streamAfterContentLengthKB: 0 })).gather, 0);
});
