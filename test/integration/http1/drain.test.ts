import assert from 'node:assert/strict';
import { test } from 'node:test';
import { value } from '#test/helpers/http1-message.ts';
import { Linker } from '#test/helpers/linker.ts';
import { RawClient } from '#test/helpers/raw-client.ts';
import { plain, ScriptedOrigin } from '#test/helpers/scripted-origin.ts';
import { eventually, within } from '#test/helpers/within.ts';
import { request, startRouter } from './fixture.ts';

const refused = async (port: number) => {
  try {
    (await RawClient.connect(port)).close();
    return undefined;
  } catch {
    return true;
  }
};

test('linkerd1: graceful shutdown on TERM/INT, shutdownGraceMs: SIGTERM: what is in flight is answered in full, with Connection: close, and the exit is clean', async () => {
  await using linker = await startRouter();
  const go = Promise.withResolvers<void>();
  await using origin = await ScriptedOrigin.start(async (r, reply) => {
    if (r.target === '/long') {
      await reply.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegin\r\n');
      await go.promise;
      return reply.send(50, '3\r\nend\r\n0\r\n\r\n');
    }
    await Promise.all([go.promise, r.body()]);
    await reply.send(plain(200, `late ${r.target}`));
  });
  const waiting = await Promise.all(Array.from({ length: 30 }, () => RawClient.connect(linker.port)));
  for (const [i, client] of waiting.entries()) await client.send(request(`GET /${i}`, origin));
  using long = await RawClient.connect(linker.port);
  await long.send(request('GET /long', origin));
  using upload = await RawClient.connect(linker.port);
  await upload.send(request('POST /up', origin, 'Content-Length: 100000\r\n', 'x'.repeat(50_000)));
  using idle = await RawClient.connect(linker.port);
  await eventually(
    () => (origin.requests.length === 32 && long.unread.includes('begin') ? true : undefined),
    'all requests are in flight',
  );

  linker.signal('SIGTERM');
  assert.equal(await within(2000, idle.closed, () => 'the idle connection to be closed'), 'fin');
  await eventually(() => refused(linker.port), 'no new connection is taken');
  go.resolve();
  await upload.send('x'.repeat(50_000));
  for (const [i, client] of waiting.entries()) {
    const response = await client.response();
    assert.equal(response.body.toString(), `late /${i}`);
    assert.equal(value(response, 'connection'), 'close');
    assert.equal(await client.closed, 'fin');
  }
  assert.equal((await long.response()).body.toString(), 'beginend');
  assert.equal((await upload.response()).body.toString(), 'late /up');
  assert.equal(await within(3000, linker.exited, () => 'the exit'), 0);
});

test('SIGTERM without anything in flight ends the process at once', async () => {
  await using linker = await startRouter();
  await using origin = await ScriptedOrigin.start();
  using client = await RawClient.connect(linker.port);
  await client.send(request('GET /', origin));
  await client.response();
  const begin = performance.now();
  linker.signal('SIGTERM');
  assert.equal(await client.closed, 'fin');
  client.close();
  assert.equal(await within(3000, linker.exited, () => 'the exit'), 0);
  assert.ok(performance.now() - begin < 1000);
});

test('a caller that never closes its side holds the end for no more than a few seconds', async () => {
  await using linker = await startRouter();
  await using origin = await ScriptedOrigin.start();
  using client = await RawClient.connect(linker.port);
  await client.send(request('GET /', origin));
  await client.response();
  linker.signal('SIGTERM');
  assert.equal(await within(5000, linker.exited, () => 'the exit'), 0);
});

test('a request that never ends does not hold the process longer than shutdownGraceMs', async () => {
  await using linker = await Linker.start({
    config: ({ ports, admin }) => `
admin: { ip: 127.0.0.1, port: ${admin}, shutdownGraceMs: 400 }
routers:
- protocol: http
  dtab: /inet => /$/inet ; /svc => /$/io.buoyant.hostportPfx/inet
  servers: [ { ip: 127.0.0.1, port: ${ports[0]} } ]
`,
  });
  await using origin = await ScriptedOrigin.start((_, reply) => reply.gone);
  using client = await RawClient.connect(linker.port);
  await client.send(request('GET /', origin));
  await eventually(() => origin.requests[0], 'the request is in flight');
  const begin = performance.now();
  linker.signal('SIGTERM');
  await within(3000, linker.exited, () => 'the exit');
  const took = performance.now() - begin;
  assert.ok(took > 350 && took < 2500, `${took} ms`);
});

test('requests that go on while a linker is told to stop are all answered by it or refused unread', async () => {
  await using linker = await startRouter();
  let seen = 0;
  await using origin = await ScriptedOrigin.start(async (_, reply) => {
    seen++;
    await reply.send(5, plain(200, 'ok'));
  });
  let answered = 0;
  const callers = Array.from({ length: 20 }, async () => {
    using client = await RawClient.connect(linker.port);
    for (;;) {
      await client.send(request('GET /', origin));
      try {
        const response = await client.response();
        assert.equal(response.status, 200);
        answered++;
        if (value(response, 'connection') === 'close') return;
      } catch {
        assert.equal(client.unread, '', 'an answer was cut');
        return;
      }
    }
  });
  await eventually(() => (answered > 100 ? true : undefined), 'requests run');
  linker.signal('SIGTERM');
  await Promise.all(callers);
  assert.equal(await within(3000, linker.exited, () => 'the exit'), 0);
  // Every request that reached the origin came back to its caller.
  assert.equal(answered, seen);
});
