import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { noLog } from '../telemetry/log.ts';
import { ok, plainText, Refusal, type Route } from './route.ts';
import { allowing } from './security.ts';
import { type AdminOptions, startAdmin } from './server.ts';

async function serving(
  routes: readonly Route[],
  use: (get: (path: string, init?: RequestInit) => Promise<Response>, port: number) => Promise<void>,
  options: Partial<AdminOptions> = {},
): Promise<void> {
  const admin = await startAdmin({ ip: '127.0.0.1', port: 0, routes, log: noLog, ...options });
  try {
    await use((path, init) => fetch(`http://127.0.0.1:${admin.port}${path}`, init), admin.port);
  } finally {
    await admin.close();
  }
}

const echo: Route = {
  path: '/echo',
  methods: ['GET', 'POST'],
  category: 'ui',
  handle: async ({ method, query, text }) => ok(plainText, `${method} ${query.get('q')} ${await text()}`),
};

test('a route gets method, query and body, and HEAD is GET without the body', () =>
  serving([echo], async (get) => {
    assert.equal(await (await get('/echo?q=a%20b&q=c')).text(), 'GET a b ');
    assert.equal(await (await get('/echo?q=?', { method: 'POST', body: 'x' })).text(), 'POST ? x');
    const head = await get('/echo?q=1', { method: 'HEAD' });
    assert.equal(head.headers.get('content-length'), '6');
    assert.equal(await head.text(), '');
  }));

test('unknown paths are a bare 404, other methods a 405 that names the allowed ones', () =>
  serving([echo], async (get) => {
    const unknown = await get('/nope');
    assert.equal(unknown.status, 404);
    assert.equal(unknown.headers.get('content-type'), null);
    assert.equal(await unknown.text(), '');
    assert.equal((await get('/echo/')).status, 404);
    const put = await get('/echo', { method: 'PUT' });
    assert.equal(put.status, 405);
    assert.equal(put.headers.get('allow'), 'GET, POST');
  }));

test('a refusal is answered as it says, any other exception is a 500 that tells nothing', () => {
  const refusing: Route = {
    path: '/refuse',
    category: 'ui',
    handle: () => {
      throw new Refusal(415, 'JSON only');
    },
  };
  const failing: Route = { path: '/fail', category: 'ui', handle: () => Promise.reject(new Error('secret')) };
  return serving([refusing, failing], async (get) => {
    const refused = await get('/refuse');
    assert.deepEqual([refused.status, await refused.text()], [415, 'JSON only']);
    const failed = await get('/fail');
    assert.deepEqual([failed.status, await failed.text()], [500, '']);
  });
});

test('no browser may guess that an answer is a page', () =>
  serving([echo], async (get) => {
    assert.equal((await get('/echo')).headers.get('x-content-type-options'), 'nosniff');
  }));

test('a body beyond a megabyte is refused', () =>
  serving([echo], async (get) => {
    assert.equal((await get('/echo', { method: 'POST', body: 'x'.repeat((1 << 20) + 1) })).status, 413);
  }));

test('a route whose category is off is a 404', () => {
  const security = {
    uiEnabled: false,
    controlEnabled: true,
    diagnosticsEnabled: true,
    pathWhitelist: [],
    pathBlacklist: [],
  };
  return serving([echo], async (get) => assert.equal((await get('/echo')).status, 404), { allows: allowing(security) });
});

test('a taken port is an error of the start', () =>
  serving([], async (_, port) => {
    await assert.rejects(startAdmin({ ip: '127.0.0.1', port, routes: [], log: noLog }), /EADDRINUSE/);
  }));

test('closing ends open connections', async () => {
  const admin = await startAdmin({ ip: '127.0.0.1', port: 0, routes: [], log: noLog });
  const socket = connect(admin.port, '127.0.0.1');
  await new Promise((connected) => socket.once('connect', connected));
  const ended = new Promise((done) => socket.once('close', done));
  socket.on('error', () => {});
  socket.resume();
  await admin.close();
  await ended;
});

test('a connection on which nothing moves for too long is closed; a port can be shared', async () => {
  const socket = { noDelay: true, keepAlive: false, reusePort: true, stillMs: 50 };
  const options = { ip: '127.0.0.1', routes: [], log: noLog, socket };
  const one = await startAdmin({ ...options, port: 0 });
  const two = await startAdmin({ ...options, port: one.port });
  const silent = connect(one.port, '127.0.0.1').resume();
  await once(silent, 'close');
  await Promise.all([one.close(), two.close()]);
});
