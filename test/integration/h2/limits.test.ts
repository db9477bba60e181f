import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, Origin, startRouter } from './fixture.ts';

test('streams, windows and header lists of a server are as configured, and held to', async () => {
  const keys = ', maxConcurrentStreamsPerConnection: 5, initialStreamWindowBytes: 100000, maxHeaderListBytes: 4000';
  await using linker = await startRouter('', keys);
  await using origin = await Origin.start((stream) => {
    setTimeout(() => stream.respond({ ':status': 200 }, { endStream: true }), 5);
  });
  using client = await Client.connect(linker.port);
  const to = { ':path': '/', ':authority': origin.authority };
  await client.request(to); // the settings are here with its answer
  const answers = await Promise.all(Array.from({ length: 50 }, () => client.request(to)));
  for (const { status } of answers) assert.equal(status, 200);
  const { maxConcurrentStreams, initialWindowSize, maxHeaderListSize } = client.session.remoteSettings;
  assert.deepEqual([maxConcurrentStreams, initialWindowSize, maxHeaderListSize], [5, 100_000, 8000]);
  const large = await client.request({ ...to, 'x-a': 'a'.repeat(9000) });
  assert.deepEqual([large.status, large.headers['content-length']], [431, '0']);
  assert.equal((await client.request({ ...to, 'x-a': 'a'.repeat(3000) })).status, 200);
});

test('an answer whose header is too large is no answer', async () => {
  await using linker = await startRouter();
  await using origin = await Origin.start((stream) => {
    stream.respond({ ':status': 200, 'x-a': 'a'.repeat(30_000) }, { endStream: true });
  });
  using client = await Client.connect(linker.port);
  const answer = await client.request({ ':path': '/', ':authority': origin.authority });
  assert.deepEqual([answer.status, answer.code], [0, 1]);
});

test('what passed too many proxies is refused', async () => {
  await using linker = await startRouter('', ', maxCallDepth: 3');
  await using origin = await Origin.start((stream) => stream.respond({ ':status': 200 }, { endStream: true }));
  using client = await Client.connect(linker.port);
  const to = { ':path': '/', ':authority': origin.authority };
  assert.equal((await client.request({ ...to, via: '1.1 a, 1.1 b, h2 c' })).status, 200);
  const looping = await client.request({ ...to, via: '1.1 a, 1.1 b, h2 c, h2 d' });
  assert.equal(looping.status, 400);
  assert.match(String(looping.body), /Maximum number of calls/);
});
