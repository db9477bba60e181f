import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { value } from '#test/helpers/http1-message.ts';
import type { Linker } from '#test/helpers/linker.ts';
import { exchange } from '#test/helpers/raw-client.ts';
import { plain, ScriptedOrigin } from '#test/helpers/scripted-origin.ts';
import { eventually } from '#test/helpers/within.ts';
import { request, startRouter } from './fixture.ts';

const run = promisify(execFile);
let linker: Linker;
let origin: ScriptedOrigin;

before(async () => {
  [linker, origin] = await Promise.all([
    startRouter(),
    ScriptedOrigin.start(async (r, reply) => {
      const { body } = await r.body();
      await reply.send(plain(200, `${r.method} ${r.target} ${value(r, 'host')} ${body.length}`));
    }),
  ]);
  linker.endpoints('hello', [origin.port]);
  await eventually(
    async () => ((await exchange(linker.port, request('GET /', 'hello'))).status === 200 ? true : undefined),
    'hello is routed',
  );
});
after(async () => {
  await linker.close();
  await origin.close();
});

const env = () => ({ ...process.env, http_proxy: `http://127.0.0.1:${linker.port}`, no_proxy: '', NO_PROXY: '' });

async function output(command: string, ...words: readonly string[]): Promise<string> {
  return (await run(command, words, { env: env(), timeout: 10_000 })).stdout;
}

test('curl with http_proxy', async () => {
  assert.equal(await output('curl', '-sS', '--fail', 'http://hello/a?b=c'), 'GET /a?b=c hello 0');
  assert.equal(await output('curl', '-sS', '--fail', '-d', 'x'.repeat(3000), 'http://hello/'), 'POST / hello 3000');
  assert.equal(
    await output(
      'curl',
      '-sS',
      '--fail',
      '-H',
      'Transfer-Encoding: chunked',
      '-d',
      'x'.repeat(30_000),
      'http://hello/',
    ),
    'POST / hello 30000',
  );
});

test('curl keeps one connection to its proxy', async () => {
  const text = await output(
    'curl',
    '-sS',
    '--fail',
    '-w',
    '%{num_connects} ',
    'http://hello/1',
    'http://hello/2',
    '-o',
    '/dev/null',
    '-o',
    '/dev/null',
  );
  assert.equal(text, '1 0 ');
});

test('curl --http1.0 and HEAD', async () => {
  assert.equal(await output('curl', '-sS', '--fail', '--http1.0', 'http://hello/old'), 'GET /old hello 0');
  assert.match(await output('curl', '-sS', '--fail', '-I', 'http://hello/head'), /^HTTP\/1\.1 200 OK\r\n/);
});

test('curl sends a large file with Expect: 100-continue', async () => {
  const words = ['-sS', '--fail', '-H', 'Expect: 100-continue', '--data-binary', '@-', 'http://hello/'];
  const child = run('curl', words, { env: env(), timeout: 10_000 });
  child.child.stdin?.end(Buffer.alloc(2_000_000));
  assert.equal((await child).stdout, 'POST / hello 2000000');
});

test("Python's urllib with http_proxy", async () => {
  const program =
    'import urllib.request as u; print(u.urlopen("http://hello/py").read().decode(), u.urlopen("http://hello/py2", data=b"x" * 5000).read().decode())';
  assert.equal(await output('python3', '-c', program), 'GET /py hello 0 POST /py2 hello 5000\n');
});

test('fetch of Node, routed by l5d-dtab', async () => {
  const response = await fetch(`http://127.0.0.1:${linker.port}/direct`, {
    headers: { 'l5d-dtab': '/svc=>/#/io.l5d.fs/hello' },
  });
  assert.match(await response.text(), /^GET \/direct 127\.0\.0\.1:\d+ 0$/);
});
