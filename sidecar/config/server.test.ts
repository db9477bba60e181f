import assert from 'node:assert/strict';
import { test } from 'node:test';
import { h2Server, httpServer } from './server.ts';

test('linkerd1: bind ip, default loopback: servers listen on the loopback address unless told otherwise', () => {
  assert.deepEqual([httpServer.parse({}).ip, httpServer.parse({}).port], ['127.0.0.1', 4140]);
  assert.deepEqual([h2Server.parse({}).ip, h2Server.parse({}).port], ['127.0.0.1', 4142]);
  assert.throws(() => httpServer.parse({ ip: 'localhost' }), /not an IP address/);
});

test('an h2 server has the sizes of Linkerd, within what HTTP/2 allows (RFC 9113 §6.5.2)', () => {
  const server = h2Server.parse({});
  assert.equal(server.maxConcurrentStreamsPerConnection, 1000);
  assert.equal(server.initialStreamWindowBytes, 65_535);
  for (const [key, value] of [
    ['maxFrameBytes', 16_383],
    ['maxFrameBytes', 16_777_216],
    ['initialStreamWindowBytes', 2 ** 31],
    ['maxConcurrentStreamsPerConnection', 0],
    ['windowUpdateRatio', 1.5],
  ] as const) {
    assert.throws(() => h2Server.parse({ [key]: value }), key);
  }
});

test('an http server has no keys of an h2 one', () => {
  assert.throws(() => httpServer.parse({ maxFrameBytes: 16_384 }), /unrecognized/i);
});

test('keys of Linkerd that are not built yet are named', () => {
  for (const key of ['announce'])
    assert.throws(() => httpServer.parse({ [key]: 1 }), new RegExp(`${key} is a Linkerd 1.x key`));
});
