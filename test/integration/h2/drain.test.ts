import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { eventually, within } from '#test/helpers/within.ts';
import { type Answer, answerOf, Client, Origin, startRouter } from './fixture.ts';

test('SIGTERM: callers get GOAWAY, what is in flight is answered in full, and the exit is clean', async () => {
  await using linker = await startRouter();
  const go = Promise.withResolvers<void>();
  await using origin = await Origin.start(async (stream, headers) => {
    let got = 0;
    stream.on('data', (bytes: Buffer) => (got += bytes.length));
    if (headers[':path'] === '/begun') {
      stream.respond({ ':status': 200 });
      stream.write('begin ');
    }
    await Promise.all([go.promise, once(stream, 'end')]);
    if (!stream.headersSent) stream.respond({ ':status': 200 });
    stream.end(`end ${got}`);
  });
  using client = await Client.connect(linker.port);
  const goaways: number[] = [];
  client.session.on('goaway', (_code, last) => goaways.push(last));
  const to = (path: string) => ({ ':path': path, ':authority': origin.authority });
  const waiting = Array.from({ length: 20 }, (_, i) => client.request(to(`/${i}`)));
  const begun = client.request(to('/begun'));
  const upload = client.session.request({ ...to('/upload'), ':method': 'POST' });
  const uploaded = answerOf(upload);
  upload.write(Buffer.alloc(50_000));
  using idle = await Client.connect(linker.port);
  await eventually(() => (origin.count === 22 ? true : undefined), 'all requests are in flight');

  linker.signal('SIGTERM');
  await within(2000, once(idle.session, 'close'), () => 'the idle connection to be closed');
  await eventually(() => (goaways.length > 0 ? true : undefined), 'GOAWAY is here');
  await assert.rejects(Client.connect(linker.port), 'no new connection is taken');
  go.resolve();
  upload.end(Buffer.alloc(50_000));
  for (const answer of waiting) assert.equal(String((await answer).body), 'end 0');
  assert.equal(String((await begun).body), 'begin end 0');
  assert.equal(String((await uploaded).body), 'end 100000');
  assert.equal(await within(4000, linker.exited, () => 'the exit'), 0);
});

test('SIGTERM without anything in flight ends the process at once', async () => {
  await using linker = await startRouter();
  await using origin = await Origin.start((stream) => stream.respond({ ':status': 200 }, { endStream: true }));
  using client = await Client.connect(linker.port);
  await client.request({ ':path': '/', ':authority': origin.authority });
  const begin = performance.now();
  linker.signal('SIGTERM');
  await within(2000, once(client.session, 'close'), () => 'the end of the connection');
  assert.equal(await within(3000, linker.exited, () => 'the exit'), 0);
  assert.ok(performance.now() - begin < 1000);
});

test('a stream that never ends does not hold the process longer than shutdownGraceMs', async () => {
  await using linker = await startRouter('', '', ', shutdownGraceMs: 400');
  await using origin = await Origin.start((stream) => {
    stream.respond({ ':status': 200 });
    stream.write('begin');
  });
  using client = await Client.connect(linker.port);
  const stream = client.session.request({ ':path': '/', ':authority': origin.authority });
  stream.on('error', () => {});
  await once(stream, 'data');
  const begin = performance.now();
  linker.signal('SIGTERM');
  await within(3000, linker.exited, () => 'the exit');
  const took = performance.now() - begin;
  assert.ok(took > 350 && took < 2500, `${took} ms`);
});

test('requests that go on while a linker is told to stop are answered, or provably not looked at', async () => {
  await using linker = await startRouter();
  let seen = 0;
  await using origin = await Origin.start((stream) => {
    seen += 1;
    stream.respond({ ':status': 200 });
    setTimeout(() => stream.end('ok'), 3);
  });
  let answered = 0;
  const callers = Array.from({ length: 10 }, async () => {
    using client = await Client.connect(linker.port);
    let last = Number.POSITIVE_INFINITY;
    client.session.on('goaway', (_code, id) => {
      last = id;
    });
    while (!client.session.closed && !client.session.destroyed) {
      const streams = Array.from({ length: 3 }, () => {
        const stream = client.session.request({ ':path': '/', ':authority': origin.authority });
        return { stream, answer: answerOf(stream) };
      });
      for (const { stream, answer } of streams) {
        const { status, code }: Answer = await answer;
        if (status === 200 && code === 0) answered += 1;
        else assert.ok((stream.id ?? Number.POSITIVE_INFINITY) > last || code === 7, `stream ${stream.id} of ${last}`);
      }
    }
  });
  await eventually(() => (answered > 200 ? true : undefined), 'requests run');
  linker.signal('SIGTERM');
  await within(5000, Promise.all(callers), () => 'the callers');
  assert.equal(await within(4000, linker.exited, () => 'the exit'), 0);
  assert.equal(answered, seen, 'every request that reached the origin came back to its caller');
});
