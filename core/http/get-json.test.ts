import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { systemClock } from '#core/clock.ts';
import { makeCa } from '#test/helpers/certs.ts';
import { within } from '#test/helpers/within.ts';
import { getJson, type JsonAnswer, type JsonRequest } from './get-json.ts';

async function serve(t: TestContext, answer: RequestListener): Promise<JsonRequest> {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { host: '127.0.0.1', port, path: '/a?b=c', headers: {}, timeoutMs: 5000 };
}

const get = (request: JsonRequest): Promise<JsonAnswer> =>
  within(3000, new Promise((done) => void getJson(request, systemClock, done)), () => 'an answer');

async function failure(request: JsonRequest): Promise<string> {
  const answer = await get(request);
  assert.equal(answer.kind, 'failed');
  return answer.kind === 'failed' ? answer.message : '';
}

test('a document comes with its headers; path and headers go as given', async (t) => {
  const request = await serve(t, ({ url, headers }, response) => {
    response.setHeader('x-index', '7');
    response.end(JSON.stringify({ url, token: headers['x-token'], connection: headers.connection }));
  });
  const answer = await get({ ...request, headers: { 'x-token': 't' } });
  assert.equal(answer.kind, 'ok');
  if (answer.kind !== 'ok') return;
  assert.deepEqual(answer.body, { url: '/a?b=c', token: 't', connection: 'close' });
  assert.equal(answer.headers['x-index'], '7');
});

test('an answer that is not 2xx fails with its status and words', async (t) => {
  const request = await serve(t, (_, response) => response.writeHead(403).end('Permission denied\n'));
  assert.equal(await failure(request), '403 Permission denied');
});

test('a redirect is not followed', async (t) => {
  const request = await serve(t, (_, response) => response.writeHead(301, { location: '/b' }).end());
  assert.equal(await failure(request), '301');
});

test('what is no JSON fails', async (t) => {
  const request = await serve(t, (_, response) => response.end('{"a":'));
  assert.match(await failure(request), /JSON/);
});

test('half an answer fails', async (t) => {
  const request = await serve(t, (_, response) => {
    response.writeHead(200, { 'content-length': 10 });
    response.write('[', () => response.socket?.destroy());
  });
  assert.notEqual(await failure(request), '');
});

test('an answer that takes too long fails, wherever it stopped', async (t) => {
  const silent = await serve(t, () => {});
  assert.equal(await failure({ ...silent, timeoutMs: 30 }), 'no answer within 30 ms');
  const slow = await serve(t, (_, response) => response.write('['));
  assert.equal(await failure({ ...slow, timeoutMs: 30 }), 'no answer within 30 ms');
});

test('a connection that is refused fails', async (t) => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  const request = await serve(t, () => {});
  assert.match(await failure({ ...request, port }), /ECONNREFUSED/);
});

test('a request that cannot be sent fails, but not within the call', async (t) => {
  const request = await serve(t, (_, response) => response.end('{}'));
  let told = 0;
  getJson({ ...request, headers: { 'x-token': 'two\nlines' } }, systemClock, () => {
    told += 1;
  });
  assert.equal(told, 0);
  await new Promise((next) => setImmediate(next));
  assert.equal(told, 1);
});

test('closing ends the connection, and nothing is told', async (t) => {
  let ended = (): void => {};
  const gone = new Promise<void>((done) => {
    ended = done;
  });
  let told = false;
  const request = await serve(t, (_, response) => {
    response.once('close', ended);
    asking.close();
    asking.close();
  });
  const asking = getJson(request, systemClock, () => {
    told = true;
  });
  await within(2000, gone, () => 'the end of the connection');
  assert.equal(told, false);
});

test('a text is posted as JSON', async (t) => {
  const request = await serve(t, (asked, response) => {
    let body = '';
    asked
      .on('data', (part: Buffer) => (body += part))
      .on('end', () => {
        response.end(JSON.stringify([asked.method, asked.headers['content-type'], body]));
      });
  });
  const answer = await get({ ...request, post: '{"a":"é"}' });
  assert.deepEqual(answer.kind === 'ok' && answer.body, ['POST', 'application/json', '{"a":"é"}']);
});

test('over TLS the options are asked for each time, and what they refuse fails', async (t) => {
  const ca = makeCa('api ca');
  const own = ca.issue({ cn: 'api', dns: ['api.test'] });
  const server = createSecureServer({ key: own.key, cert: own.chain }, (_, response) => response.end('[1]'));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const request = { host: '127.0.0.1', port, path: '/', headers: {}, timeoutMs: 5000 };
  const answer = await get({ ...request, tls: () => ({ ca: ca.cert, servername: 'api.test' }) });
  assert.deepEqual(answer.kind === 'ok' && answer.body, [1]);
  assert.match(await failure({ ...request, tls: () => ({ servername: 'api.test' }) }), /certificate/);
  assert.match(await failure({ ...request, tls: () => ({ ca: ca.cert, servername: 'other.test' }) }), /other\.test/);
  const unusable = (): never => {
    throw new Error('no files');
  };
  assert.equal(await failure({ ...request, tls: unusable }), 'no files');
});
