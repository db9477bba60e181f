import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { systemClock } from '#core/clock.ts';
import { makeCa } from '#test/helpers/certs.ts';
import { eventually } from '#test/helpers/within.ts';
import { type Answer, ApiClient, type Limits, type StreamEnd } from './client.ts';
import type { Target } from './config.ts';

async function listen(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

async function serve(t: TestContext, answer: RequestListener, limits?: Partial<Limits>): Promise<ApiClient> {
  const server = createServer(answer);
  t.after(() => server.closeAllConnections());
  const port = await listen(t, server);
  return new ApiClient(() => plain(port), systemClock, limits);
}

const plain = (port: number): Target => ({
  secure: false,
  host: '127.0.0.1',
  port,
  basePath: '/base',
  headers: { authorization: 'Bearer secret' },
  tls: {},
});

const get = (client: ApiClient, path = '/x'): Promise<Answer> => new Promise((done) => client.get(path, done));

test('a document is asked for below the base path, with the credentials', async (t) => {
  const client = await serve(t, ({ method, url, headers }, response) => {
    response.end(JSON.stringify({ method, url, authorization: headers.authorization, accept: headers.accept }));
  });
  assert.deepEqual(await get(client, '/api/v1?limit=5'), {
    kind: 'ok',
    body: {
      method: 'GET',
      url: '/base/api/v1?limit=5',
      authorization: 'Bearer secret',
      accept: 'application/json',
    },
  });
});

test('requests one after another share a connection', async (t) => {
  const ports = new Set<number | undefined>();
  const client = await serve(t, (request, response) => {
    ports.add(request.socket.remotePort);
    response.end('{}');
  });
  for (let i = 0; i < 5; i += 1) await get(client);
  assert.equal(ports.size, 1);
});

for (const [what, status, body, message] of [
  ['a Status object', 403, '{"kind":"Status","message":"pods is forbidden"}', 'pods is forbidden'],
  ['words of a proxy', 502, '<h1>Bad Gateway</h1>\n', '<h1>Bad Gateway</h1>'],
  ['nothing', 404, '', ''],
  ['no end of words', 500, 'x'.repeat(1_000_000), 'x'.repeat(200)],
] as const) {
  test(`another status than 2xx is told with the message in ${what}`, async (t) => {
    const client = await serve(t, (_, response) => {
      response.writeHead(status);
      response.end(body);
    });
    assert.deepEqual(await get(client), { kind: 'status', status, message });
    const end = await new Promise<StreamEnd>((done) => client.stream('/x', () => {}, done));
    assert.deepEqual(end, { kind: 'status', status, message });
  });
}

test('what is no JSON, too long, cut off or never said is told apart', async (t) => {
  const answers: Record<string, RequestListener> = {
    '/base/html': (_, response) => response.end('<html>'),
    '/base/long': (_, response) => response.end(`"${'x'.repeat(2000)}"`),
    '/base/cut': (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{', () => response.destroy());
    },
    '/base/stuck': (_, response) => response.write('{'),
    '/base/silent': () => {},
  };
  const client = await serve(t, (request, response) => answers[request.url ?? '']?.(request, response), {
    patienceMs: 50,
    answer: 1000,
  });
  const kinds: Record<string, string> = {};
  for (const path of Object.keys(answers)) kinds[path] = (await get(client, path.replace('/base', ''))).kind;
  assert.deepEqual(kinds, {
    '/base/html': 'garbled',
    '/base/long': 'garbled',
    '/base/cut': 'broken',
    '/base/stuck': 'broken',
    '/base/silent': 'broken',
  });
});

test('a slow document is waited for as long as parts of it come', async (t) => {
  const client = await serve(
    t,
    (_, response) => {
      let parts = 0;
      const timer = setInterval(() => {
        parts += 1;
        response.write(parts === 1 ? '"' : 'x');
        if (parts < 8) return;
        clearInterval(timer);
        response.end('"');
      }, 30);
    },
    { patienceMs: 150 },
  );
  assert.deepEqual(await get(client), { kind: 'ok', body: 'xxxxxxx' });
});

test('an API that cannot be found is an answer, given later', async () => {
  const find = (): Target => {
    throw new Error('no such file');
  };
  let answered = false;
  const answer = new Promise<Answer>((done) => {
    new ApiClient(find, systemClock).get('/x', (a) => {
      answered = true;
      done(a);
    });
  });
  assert.equal(answered, false);
  assert.deepEqual(await answer, { kind: 'broken', message: 'no such file' });
});

test('a stream may be silent for long, and closing it closes the connection', async (t) => {
  let open = 0;
  const client = await serve(
    t,
    (_, response) => {
      open += 1;
      response.once('close', () => (open -= 1));
      response.write('one\n\ntwo\nhal');
    },
    { patienceMs: 500 },
  );
  const batches: (readonly string[])[] = [];
  const ends: StreamEnd[] = [];
  const handle = client.stream(
    '/x',
    (batch) => batches.push(batch),
    (end) => ends.push(end),
  );
  await eventually(() => (batches.length > 0 ? true : undefined), 'lines are there');
  await new Promise((done) => setTimeout(done, 750));
  assert.deepEqual(batches, [['one', 'two']]);
  assert.equal(open, 1);
  handle.close();
  handle.close();
  await eventually(() => (open === 0 ? true : undefined), 'the connection is closed');
  assert.deepEqual(ends, [], 'who closed is not told');
});

test('nothing is said after closing, not even of a failure to come', async (t) => {
  const client = await serve(t, (_, response) => response.end('{}'));
  const said: unknown[] = [];
  client.get('/x', (answer) => said.push(answer)).close();
  new ApiClient(() => plain(1), systemClock).get('/x', (answer) => said.push(answer)).close();
  new ApiClient(() => assert.fail('not found'), systemClock).get('/x', (answer) => said.push(answer)).close();
  await new Promise((done) => setTimeout(done, 50));
  assert.deepEqual(said, []);
});

test('over TLS the server must be signed by the CA, and gets the client certificate; both may change', async (t) => {
  const [ca, other] = [makeCa('ca'), makeCa('other')];
  const serving = ca.issue({ cn: 'api', ip: ['127.0.0.1'] });
  const server = createSecureServer(
    { ...serving, ca: ca.cert, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const socket = request.socket as TLSSocket;
      response.end(JSON.stringify(socket.getPeerCertificate().subject?.CN ?? null));
    },
  );
  t.after(() => server.closeAllConnections());
  const port = await listen(t, server);
  let tls: Target['tls'] = { ca: other.cert };
  const client = new ApiClient(() => ({ ...plain(port), secure: true, tls }), systemClock);
  assert.equal((await get(client)).kind, 'broken');
  tls = { ca: ca.cert };
  assert.deepEqual(await get(client), { kind: 'ok', body: null });
  for (const cn of ['first', 'second']) {
    const { cert, key } = ca.issue({ cn });
    tls = { ca: ca.cert, cert, key };
    assert.deepEqual(await get(client), { kind: 'ok', body: cn });
  }
});
