import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { drive, type Load, type LoadResult } from '../load.ts';
import { howToGet, libnghttp2, missing } from '../tools.ts';

type Answer = { readonly status?: number; readonly trailers?: Record<string, string> };

/** Drives an HTTP/2 server of Node's own that answers as `answer` says; what it was sent, and what the generator saw. */
async function run(
  load: Partial<Load>,
  answer: (n: number) => Answer,
): Promise<{ result: LoadResult; heads: IncomingHttpHeaders[]; bodies: Buffer[] }> {
  const heads: IncomingHttpHeaders[] = [];
  const bodies: Buffer[] = [];
  const server = createServer();
  server.on('stream', (stream: ServerHttp2Stream, head) => {
    const { status = 200, trailers } = answer(heads.push(head));
    const pieces: Buffer[] = [];
    stream.on('data', (piece: Buffer) => pieces.push(piece));
    stream.once('end', () => {
      bodies.push(Buffer.concat(pieces));
      stream.respond({ ':status': status }, { waitForTrailers: trailers !== undefined });
      stream.once('wantTrailers', () => stream.sendTrailers(trailers ?? {}));
      stream.end('answer');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const dir = mkdtempSync(join(tmpdir(), 'heddle-load-h2-'));
  const { port } = server.address() as AddressInfo;
  const whole: Load = { path: 'h2c', port, target: '/a', connections: 2, streams: 4, rate: 0, seconds: 0.2, ...load };
  try {
    return { result: await drive(whole, dir), heads, bodies };
  } finally {
    server.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The compiler's header is a package of its own: a machine without it can say what to install, and no more. */
const lacking = missing([libnghttp2]);

if (lacking.length > 0) {
  test('without libnghttp2 the benchmark says what to install', () => {
    assert.deepEqual(lacking.map(howToGet), ['libnghttp2 is missing: apt-get install libnghttp2-dev']);
  });
} else {
  test('a closed loop over HTTP/2 counts every request, and those not answered with 200 as failed', async () => {
    const { result, heads } = await run({}, (n) => ({ status: n % 10 === 0 ? 503 : 200 }));
    assert.equal(result.requests, heads.length);
    assert.ok(result.requests > 20, JSON.stringify(result));
    assert.equal(result.failed, Math.floor(heads.length / 10));
    assert.ok(result.p50 <= result.p99 && result.p99 <= result.max);
    const [head = {}] = heads;
    assert.deepEqual([head[':method'], head[':path'], head[':authority']], ['GET', '/a', 'web']);
  });

  test('an open loop over HTTP/2 sends at its rate', async () => {
    const { result } = await run({ rate: 400, seconds: 0.5 }, () => ({}));
    assert.equal(result.requests, 200);
    assert.equal(result.failed, 0);
    assert.ok(result.perSecond < 450, JSON.stringify(result));
  });

  test('a gRPC call sends one message, and has failed unless the trailers say grpc-status 0', async () => {
    const grpc = { path: 'grpc', target: '/a.B/C', message: 7, rate: 100, seconds: 0.2 } as const;
    const trailers = [{ 'grpc-status': '0' }, { 'grpc-status': '13' }, {}];
    const { result, heads, bodies } = await run(grpc, (n) => ({ trailers: trailers[n % 3] ?? {} }));
    assert.equal(result.requests, 20);
    assert.equal(result.failed, 14);
    assert.ok(bodies.every((body) => body.equals(Buffer.from('\0\0\0\0\x07xxxxxxx', 'latin1'))));
    assert.ok(heads.every((head) => head[':method'] === 'POST' && head['te'] === 'trailers'));
  });

  test('requests of a connection that ends are failures', async () => {
    const sessions = createServer((_, response) => response.stream.session?.destroy());
    sessions.listen(0, '127.0.0.1');
    await once(sessions, 'listening');
    const dir = mkdtempSync(join(tmpdir(), 'heddle-load-h2-'));
    const { port } = sessions.address() as AddressInfo;
    const load: Load = { path: 'h2c', port, target: '/', connections: 1, streams: 3, rate: 0, seconds: 0.1 };
    const { requests, failed } = await drive(load, dir);
    sessions.close();
    rmSync(dir, { recursive: true, force: true });
    assert.equal(requests, 0);
    assert.equal(failed, 3);
  });
}
