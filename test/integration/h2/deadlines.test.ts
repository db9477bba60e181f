import assert from 'node:assert/strict';
import { test } from 'node:test';
import { within } from '#test/helpers/within.ts';
import { Client, Origin, startRouter } from './fixture.ts';

/** An origin that answers no request, and says how each one ended. */
async function silent() {
  const codes: Promise<number | undefined>[] = [];
  const origin = await Origin.start((stream) => {
    codes.push(new Promise((resolve) => stream.on('close', () => resolve(stream.rstCode))));
  });
  return { origin, codes };
}

test('totalTimeoutMs: the caller is reset with INTERNAL_ERROR and the origin told to stop', async () => {
  await using linker = await startRouter('  service: { totalTimeoutMs: 150 }');
  const { origin, codes } = await silent();
  using client = await Client.connect(linker.port);
  const begin = performance.now();
  const answer = await client.request({ ':path': '/', ':authority': origin.authority });
  const took = performance.now() - begin;
  assert.deepEqual([answer.status, answer.code], [0, 2]);
  assert.ok(took > 100 && took < 1000, `${took} ms`);
  assert.equal(await within(1000, codes[0] ?? assert.fail(), () => 'the end at the origin'), 8);
  await origin.close();
});

test('requestAttemptTimeoutMs: the same, for one attempt', async () => {
  await using linker = await startRouter('  client: { requestAttemptTimeoutMs: 100 }');
  const { origin, codes } = await silent();
  using client = await Client.connect(linker.port);
  const answer = await client.request({ ':path': '/', ':authority': origin.authority });
  assert.deepEqual([answer.status, answer.code], [0, 2]);
  assert.equal(await within(1000, codes[0] ?? assert.fail(), () => 'the end at the origin'), 8);
  await origin.close();
});

test('grpc-timeout and l5d-ctx-deadline reach the origin', async () => {
  await using linker = await startRouter('  service: { totalTimeoutMs: 5000 }');
  let seen: unknown;
  await using origin = await Origin.start((stream, headers) => {
    seen = [headers['grpc-timeout'], headers['l5d-ctx-deadline'], headers['te']];
    stream.respond({ ':status': 200 }, { endStream: true });
  });
  using client = await Client.connect(linker.port);
  const request = { ':path': '/', ':authority': origin.authority, 'grpc-timeout': '3S', te: 'trailers' };
  assert.equal((await client.request(request)).status, 200);
  const [timeout, deadline, te] = seen as [string, string, string];
  assert.deepEqual([timeout, te], ['3S', 'trailers']);
  assert.match(deadline, /^\d{19} \d{19}$/);
});
