import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freePort } from '#test/helpers/free-port.ts';
import { value } from '#test/helpers/http1-message.ts';
import type { Linker } from '#test/helpers/linker.ts';
import { exchange, RawClient } from '#test/helpers/raw-client.ts';
import { ScriptedOrigin } from '#test/helpers/scripted-origin.ts';
import { eventually } from '#test/helpers/within.ts';
import { request, startRouter } from './fixture.ts';

let linker: Linker;
before(async () => {
  linker = await startRouter(`
  client: { requestAttemptTimeoutMs: 300 }
  service:
    kind: io.l5d.static
    configs: [ { prefix: /svc/patient, totalTimeoutMs: 150 } ]`);
});
after(() => linker.close());

/** A request that routes by the name's own file, once the linker has seen it. */
async function routed(name: string, ports: readonly number[]): Promise<void> {
  linker.endpoints(name, ports);
  await eventually(async () => {
    const response = await exchange(linker.port, request('GET /', name));
    return response.body.toString().startsWith('Unable to route') ? undefined : true;
  }, `${name} is routed`);
}

test('a refused connection is tried on another endpoint, and no request fails', async () => {
  const dead = await freePort();
  await using origin = await ScriptedOrigin.start();
  await routed('half', [dead, origin.port]);
  using client = await RawClient.connect(linker.port);
  for (let i = 0; i < 40; i++) {
    await client.send(request('POST /', 'half', 'Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\r\n\r\n'));
    assert.equal((await client.response()).status, 200);
  }
  assert.ok(origin.requests.slice(-40).every((r) => r.read?.body.toString() === 'hello'));
});

test('a large body is sent to the other endpoint too, as nothing of it was lost on the refused one', async () => {
  const dead = await freePort();
  await using origin = await ScriptedOrigin.start();
  await routed('large', [dead, origin.port]);
  const body = 'x'.repeat(300_000);
  for (let i = 0; i < 10; i++) {
    const response = await exchange(
      linker.port,
      request('POST /', 'large', `Content-Length: ${body.length}\r\n`, body),
    );
    assert.equal(response.status, 200);
    assert.equal(origin.requests.at(-1)?.read?.body.length, body.length);
  }
});

test('when no endpoint takes a connection the caller is told which and why', async () => {
  const dead = await freePort();
  await routed('dead', [dead]);
  const response = await exchange(linker.port, request('GET /', 'dead'));
  assert.equal(response.status, 502);
  assert.match(response.body.toString(), new RegExp(`^Unable to establish connection to 127\\.0\\.0\\.1:${dead}\\.`));
  assert.match(response.body.toString(), /service name: \/svc\/dead\nclient name: \/#\/io\.l5d\.fs\/dead/);
  assert.ok(value(response, 'l5d-err')?.startsWith('Unable+to+establish+connection+to+127.0.0.1%3A'));
});

test('a name that leads nowhere is a bad gateway with the dtab in its words', async () => {
  const response = await exchange(linker.port, request('GET /', 'nowhere.invalid'));
  assert.equal(response.status, 502);
  assert.match(response.body.toString(), /^Unable to route request!\n\nservice name: \/svc\/nowhere\.invalid\ndtab:\n/);
});

test('the answer to HEAD has no body even when it is an error', async () => {
  using client = await RawClient.connect(linker.port);
  for (let i = 0; i < 2; i++) {
    await client.send(request('HEAD /', 'nowhere.invalid'));
    assert.equal((await client.response('HEAD')).status, 502);
  }
  assert.equal(client.unread, '');
});

test('an attempt that takes too long is 503, and its connection is given up', async () => {
  await using origin = await ScriptedOrigin.start((_, reply) => reply.gone);
  const begin = performance.now();
  const response = await exchange(linker.port, request('GET /', origin));
  assert.equal(response.status, 503);
  assert.match(response.body.toString(), /^exceeded 300\.milliseconds /);
  const took = performance.now() - begin;
  assert.ok(took > 280 && took < 1500, `${took} ms`);
  await eventually(() => (origin.connections[0]?.open === false ? true : undefined), 'the connection is gone');
});

test('the time for an attempt ends with the head: a slow body is not cut', async () => {
  await using origin = await ScriptedOrigin.start((_, reply) =>
    reply.send('HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n', 'x'.repeat(6000), 600, 'x'.repeat(4000)),
  );
  assert.equal((await exchange(linker.port, request('GET /', origin))).body.length, 10_000);
});

test('the total time covers all attempts', async () => {
  await using origin = await ScriptedOrigin.start();
  await routed('patient', [origin.port]);
  origin.script = (_, reply) => reply.gone;
  const response = await exchange(linker.port, request('GET /', 'patient'));
  assert.equal(response.status, 503);
  assert.match(response.body.toString(), /^exceeded 150\.milliseconds /);
});

test('endpoints that change are followed without a failed request', async () => {
  await using one = await ScriptedOrigin.start();
  await using two = await ScriptedOrigin.start();
  await routed('moving', [one.port]);
  using client = await RawClient.connect(linker.port);
  const hit = async () => {
    await client.send(request('GET /', 'moving'));
    assert.equal((await client.response()).status, 200);
  };
  await hit();
  linker.endpoints('moving', [two.port]);
  await eventually(async () => {
    await hit();
    return two.requests.length > 0 ? true : undefined;
  }, 'the new endpoint is used');
  const before = one.requests.length;
  for (let i = 0; i < 10; i++) await hit();
  assert.equal(one.requests.length, before);
});

test('requests are spread over the endpoints', async () => {
  await using one = await ScriptedOrigin.start();
  await using two = await ScriptedOrigin.start();
  await using three = await ScriptedOrigin.start();
  const origins = [one, two, three];
  await routed(
    'spread',
    origins.map((origin) => origin.port),
  );
  for (let i = 0; i < 90; i++) await exchange(linker.port, request('GET /', 'spread'));
  for (const origin of origins) assert.ok(origin.requests.length > 5, String(origins.map((o) => o.requests.length)));
});
