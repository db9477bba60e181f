import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { makeCa } from '#test/helpers/certs.ts';
import { Linker } from '#test/helpers/linker.ts';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { Origin, startRouter } from './fixture.ts';

const run = promisify(execFile);
/** What curl prints; `body` is what it reads. */
async function curl(words: readonly string[], body = ''): Promise<string> {
  const running = run('curl', ['-sS', '--fail', ...words], { timeout: 10_000, maxBuffer: 1 << 26 });
  running.child.stdin?.end(body);
  return (await running).stdout;
}

const serve = () =>
  Origin.start((stream, headers) => {
    let got = 0;
    stream.on('data', (bytes: Buffer) => (got += bytes.length));
    stream.on('end', () => {
      stream.respond({ ':status': 200, 'x-origin': 'node' });
      const size = Number(headers[':path']?.slice(1)) || 0;
      stream.end(size > 0 ? Buffer.alloc(size, 'x') : `${headers[':method']} ${headers[':path']} ${got}`);
    });
  });

describe('curl by prior knowledge', () => {
  let linker: Linker;
  let origin: Origin;
  before(async () => {
    [linker, origin] = await Promise.all([startRouter(), serve()]);
  });
  after(async () => {
    await linker.close();
    await origin.close();
  });
  const ask = (path: string, words: readonly string[] = [], body = '') =>
    curl(
      [
        ...['--http2-prior-knowledge', '-H', `Host: ${origin.authority}`, ...words],
        ...(body === '' ? [] : ['--data-binary', '@-']),
        `http://127.0.0.1:${linker.port}${path}`,
      ],
      body,
    );

  test('gets, posts, asks for the head', async () => {
    assert.equal(await ask('/a?b=c'), 'GET /a?b=c 0');
    assert.equal(await ask('/', [], 'x'.repeat(3000)), 'POST / 3000');
    assert.equal(await ask('/', [], 'x'.repeat(2_000_000)), 'POST / 2000000');
    assert.match(await ask('/', ['-I']), /^HTTP\/2 200 \r\n[\s\S]*x-origin: node\r\n/);
  });

  test('gets large bodies whole', async () => {
    assert.equal((await ask('/5000000')).length, 5_000_000);
  });

  test('waits for 100 Continue and is told to go on, in no time', async () => {
    const began = performance.now();
    const words = ['--expect100-timeout', '5', '-H', 'Expect: 100-continue'];
    assert.equal(await ask('/', words, 'x'.repeat(3000)), 'POST / 3000');
    assert.ok(performance.now() - began < 3000);
  });
});

test('linkerd1: h2 router (h2c prior knowledge, upgrade, ALPN): curl over TLS takes HTTP/2 by ALPN, and a linker asks an origin for it in the same way', async (t) => {
  const dir = temporaryDirectory(t);
  const ca = makeCa('ca');
  const issued = ca.issue({ cn: 'web.test', dns: ['web.test'] });
  const file = (name: string, text: string) => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const tls = `certPath: ${file('cert.pem', issued.cert)}, keyPath: ${file('key.pem', issued.key)}`;
  const trust = file('ca.pem', ca.cert);
  await using origin = await serve();
  await using linker = await Linker.start({
    ports: 2,
    config: ({ ports, admin }) => `
admin: { ip: 127.0.0.1, port: ${admin} }
routers:
- protocol: h2
  label: back
  dtab: /svc => /$/inet/127.1/${origin.port}
  servers: [ { ip: 127.0.0.1, port: ${ports[1]}, tls: { ${tls} } } ]
- protocol: h2
  label: front
  dtab: /svc => /$/inet/127.1/${ports[1]}
  client: { tls: { commonName: web.test, trustCerts: [ ${trust} ] } }
  servers: [ { ip: 127.0.0.1, port: ${ports[0]}, tls: { ${tls} } } ]
`,
  });
  const words = ['--resolve', `web.test:${linker.port}:127.0.0.1`, '--cacert', trust];
  const url = (i: number) => `https://web.test:${linker.port}/n${i}`;
  assert.equal(await curl([...words, '-w', ' %{http_version}', '-d', 'body', url(0)]), 'POST /n0 4 2');
  const all = Array.from({ length: 20 }, (_, i) => i);
  const text = await curl([...words, '-Z', '--parallel-max', '20', ...all.map(url)]);
  const expected = all.map((i) => `GET /n${i} 0`);
  assert.deepEqual(text.match(/GET \/n\d+ 0/g)?.toSorted(), expected.toSorted(), 'side by side');
  const metrics = await linker.metrics();
  assert.equal(metrics[`rt/front/client/$/inet/127.1/${linker.ports[1]}/tls/connections`], 1);
});
