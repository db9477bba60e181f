import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Linker } from '#test/helpers/linker.ts';
import { eventually } from '#test/helpers/within.ts';
import { answerOf, Client, Origin, startRouter } from './fixture.ts';

let linker: Linker;
let client: Client;
before(async () => {
  linker = await startRouter();
  client = await Client.connect(linker.port);
});
after(async () => {
  client.close();
  await linker.close();
});

/** Answers with what it got, as JSON. */
const echo = () =>
  Origin.start((stream, headers) => {
    const parts: Buffer[] = [];
    let trailers: unknown;
    stream.on('trailers', (t) => {
      trailers = t;
    });
    stream.on('data', (bytes: Buffer) => parts.push(bytes));
    stream.on('end', () => {
      if (!stream.headersSent) stream.respond({ ':status': 200 });
      stream.end(JSON.stringify({ headers, body: Buffer.concat(parts).toString('latin1'), trailers }));
    });
  });

const to = (origin: Origin, more: object = {}) => ({ ':path': '/', ':authority': origin.authority, ...more });

describe('a request', () => {
  test('passes with method, path, scheme, fields, body', async () => {
    await using origin = await echo();
    const request = to(origin, { ':method': 'PUT', ':path': '/a?b=c', 'x-a': 'one', 'x-empty': '', accept: '*/*' });
    const answer = await client.request(request, 'the body');
    const { headers, body } = JSON.parse(String(answer.body));
    for (const [name, value] of Object.entries({ ...request, ':scheme': 'http' }))
      assert.equal(headers[name], value, name);
    assert.deepEqual([answer.status, answer.code, body], [200, 0, 'the body']);
    assert.equal(headers.via, 'h2 linkerd');
    assert.equal(headers['l5d-dst-service'], `/svc/${origin.authority}`);
  });

  test('passes with trailers', async () => {
    await using origin = await echo();
    const answer = await client.request(to(origin, { ':method': 'POST' }), 'body', { 'x-sum': '1', 'x-end': '2' });
    const { body, trailers } = JSON.parse(String(answer.body));
    assert.deepEqual([body, trailers['x-sum'], trailers['x-end']], ['body', '1', '2']);
  });

  test('with crumbs of a cookie has it whole', async () => {
    await using origin = await echo();
    const answer = await client.request(to(origin, { cookie: ['a=1', 'b=2', 'c=3'] }));
    assert.equal(JSON.parse(String(answer.body)).headers.cookie, 'a=1; b=2; c=3');
  });

  test('of any method passes', async () => {
    await using origin = await echo();
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND']) {
      const answer = await client.request(to(origin, { ':method': method }));
      assert.equal(JSON.parse(String(answer.body)).headers[':method'], method);
    }
  });

  test('whose body is not as long as it says is reset, here and at the origin', async () => {
    const code = Promise.withResolvers<number | undefined>();
    await using origin = await Origin.start((stream) => {
      stream.on('close', () => code.resolve(stream.rstCode));
      stream.resume();
    });
    const stream = client.session.request(to(origin, { ':method': 'POST', 'content-length': 100_000 }));
    const answer = answerOf(stream);
    stream.write('short');
    await eventually(() => (origin.count > 0 ? true : undefined), 'it is at the origin');
    stream.end();
    assert.deepEqual([(await answer).status, (await answer).code, await code.promise], [0, 1, 8]);
  });

  test('that waits for 100 Continue is told to go on', async () => {
    await using origin = await echo();
    const stream = client.session.request(to(origin, { ':method': 'POST', expect: '100-continue' }));
    await new Promise<void>((resolve) => stream.once('continue', resolve));
    let body = '';
    stream.on('data', (bytes) => (body += bytes));
    stream.end('late');
    await new Promise<void>((resolve) => stream.once('end', resolve));
    const seen = JSON.parse(body);
    assert.deepEqual([seen.body, seen.headers.expect], ['late', undefined]);
  });

  test('without a name that leads anywhere is refused, and one that cannot be named is reset', async () => {
    const nowhere = await client.request({ ':path': '/', ':authority': 'nowhere' });
    assert.deepEqual([nowhere.status, nowhere.headers['content-type']], [502, 'text/plain']);
    assert.match(String(nowhere.body), /nowhere/);
    assert.ok(nowhere.headers['l5d-err']);
    const unnamed = await client.request({ ':path': '/', ':authority': '' });
    assert.deepEqual([unnamed.status, unnamed.code], [0, 7]);
  });
});

describe('an answer', () => {
  test('passes with status, repeated fields in order, and trailers', async () => {
    await using origin = await Origin.start((stream) => {
      stream.respond({ ':status': 418, 'set-cookie': ['a=1', 'b=2'], 'x-a': '1' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '7' }));
      stream.end('tea');
    });
    const answer = await client.request(to(origin));
    assert.deepEqual([answer.status, answer.headers['set-cookie'], String(answer.body)], [418, ['a=1', 'b=2'], 'tea']);
    assert.equal(answer.trailers?.['x-sum'], '7');
    assert.equal(answer.headers.via, 'h2 linkerd');
  });

  test('passes with a body of known length, short and long', async () => {
    for (const size of [0, 1, 5000, 6000, 200_000]) {
      await using origin = await Origin.start((stream) => {
        stream.respond({ ':status': 200, 'content-length': size });
        stream.end(Buffer.alloc(size, 'x'));
      });
      const answer = await client.request(to(origin));
      assert.deepEqual([answer.body.length, answer.headers['content-length'], answer.code], [size, String(size), 0]);
    }
  });

  test('to HEAD, 204 and 304 have no body', async () => {
    await using origin = await Origin.start((stream, headers) => {
      const status = Number(headers['x-status']);
      stream.respond({ ':status': status, ...(status !== 204 && { 'content-length': 1234 }) }, { endStream: true });
    });
    const head = await client.request(to(origin, { ':method': 'HEAD', 'x-status': '200' }));
    assert.deepEqual([head.status, head.headers['content-length'], head.body.length], [200, '1234', 0]);
    const unchanged = await client.request(to(origin, { 'x-status': '304' }));
    assert.deepEqual([unchanged.status, unchanged.headers['content-length']], [304, '1234']);
    const empty = await client.request(to(origin, { 'x-status': '204' }));
    assert.deepEqual([empty.status, empty.headers['content-length'], empty.code], [204, undefined, 0]);
  });

  test('is announced by interim ones as they come', async () => {
    await using origin = await Origin.start((stream) => {
      stream.additionalHeaders({ ':status': 103, link: '</a.css>' });
      setTimeout(() => {
        stream.additionalHeaders({ ':status': 103, link: '</b.css>' });
        stream.respond({ ':status': 200 });
        stream.end('done');
      }, 20);
    });
    const answer = await client.request(to(origin));
    assert.deepEqual(
      answer.interim.map((h) => [h[':status'], h['link']]),
      [
        [103, '</a.css>'],
        [103, '</b.css>'],
      ],
    );
    assert.equal(String(answer.body), 'done');
  });

  test('that came before the request was through ends it in peace', async () => {
    await using origin = await Origin.start((stream) => {
      stream.respond({ ':status': 413 });
      stream.end('too much');
    });
    const stream = client.session.request(to(origin, { ':method': 'POST' }), { endStream: false });
    stream.write('the beginning');
    const [body, status] = await new Promise<[string, number]>((resolve) => {
      let text = '';
      let code = 0;
      stream.on('response', (h) => {
        code = h[':status'] ?? 0;
      });
      stream.on('data', (bytes) => (text += bytes));
      stream.on('end', () => resolve([text, code]));
    });
    assert.deepEqual([status, body], [413, 'too much']);
    stream.end('and the end');
    await new Promise((resolve) => stream.once('close', resolve));
    assert.equal(stream.rstCode, 0);
  });
});

test('many streams on one connection are answered each with its own', async () => {
  await using origin = await echo();
  const answers = await Promise.all(
    Array.from({ length: 300 }, (_, i) =>
      client.request(to(origin, { ':path': `/${i}`, ':method': 'POST' }), `body ${i}`),
    ),
  );
  for (const [i, { body }] of answers.entries()) {
    const seen = JSON.parse(String(body));
    assert.deepEqual([seen.headers[':path'], seen.body], [`/${i}`, `body ${i}`]);
  }
  assert.ok(origin.sessions.size <= 3, `${origin.sessions.size} connections to the origin`);
});

test('an answer that never ends does not hold up the others', async () => {
  await using origin = await Origin.start((stream, headers) => {
    stream.respond({ ':status': 200 });
    if (headers[':path'] === '/slow') stream.write('begin');
    else stream.end('quick');
  });
  const slow = client.session.request(to(origin, { ':path': '/slow' }));
  await new Promise((resolve) => slow.once('data', resolve));
  for (let i = 0; i < 20; i++) assert.equal(String((await client.request(to(origin))).body), 'quick');
  slow.close(8);
});

test('an origin with a small or no header table is spoken to as it likes', async () => {
  for (const headerTableSize of [0, 64, 65_536]) {
    await using origin = await Origin.start((stream) => stream.respond({ ':status': 200 }, { endStream: true }), {
      headerTableSize,
    });
    for (let i = 0; i < 3; i++) assert.equal((await client.request(to(origin, { 'x-a': 'a' }))).status, 200);
  }
});

test('linkerd1: diagnostic TRACE: over HTTP/2 the block stands behind the body, whose length nobody tells', async () => {
  await using origin = await Origin.start((stream) => {
    stream.respond({ ':status': 200 });
    stream.end('ok');
  });
  const { headers, body } = await client.request(to(origin, { ':method': 'TRACE', 'l5d-add-context': 'true' }));
  assert.equal(headers['content-length'], undefined);
  assert.match(
    String(body),
    /^ok\n+--- Router: web ---\nrequest duration: \d+ ms\nservice name: \/svc\/127\.0\.0\.1:\d+\n/,
  );
});
