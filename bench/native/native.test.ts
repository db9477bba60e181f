import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { drive } from '../load.ts';
import { type Origin, startOrigin } from '../origin.ts';

let dir = '';
let origin: Origin | undefined;

before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'heddle-native-'));
  origin = await startOrigin('h1', dir);
});

after(async () => {
  await origin?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const url = (path: string, port = 1) => `http://127.0.0.1:${origin?.ports[port]}${path}`;
const plain = () => ({ path: 'h1', port: origin?.ports[0] ?? 0, streams: 1 }) as const;

test('the origin answers as many bytes as the path says, on every port', async () => {
  for (const [path, bytes] of [
    ['/128', 128],
    ['/10k', 10_240],
    ['/1', 1],
    ['/3000000', 3_000_000],
    ['/chunked/10000', 10_000],
  ] as const) {
    for (const port of [0, 1, 2]) {
      const response = await fetch(url(path, port));
      assert.equal((await response.arrayBuffer()).byteLength, bytes);
      assert.equal(response.headers.has('content-length'), !path.startsWith('/chunked'));
    }
  }
});

test('the origin reads request bodies with a length and chunked ones, and stays in step', async () => {
  const body = 'x'.repeat(200_000);
  const chunked = new Blob([body]).stream();
  assert.equal(await (await fetch(url('/3'), { method: 'POST', body })).text(), 'xxx');
  assert.equal(
    await (await fetch(url('/4'), { method: 'POST', body: chunked, duplex: 'half' } as RequestInit)).text(),
    'xxxx',
  );
  assert.equal(await (await fetch(url('/5'))).text(), 'xxxxx');
});

test('a closed loop counts every request and has ordered latencies', async () => {
  for (const target of ['/128', '/chunked/10000', '/200k']) {
    const result = await drive({ ...plain(), target, connections: 8, rate: 0, seconds: 0.2 }, dir);
    assert.equal(result.failed, 0);
    assert.ok(result.requests > 100, JSON.stringify(result));
    assert.ok(result.p50 <= result.p99 && result.p99 <= result.p999 && result.p999 <= result.max);
  }
});

test('an open loop sends at its rate', async () => {
  const result = await drive({ ...plain(), target: '/128', connections: 4, rate: 1000, seconds: 0.5 }, dir);
  assert.equal(result.requests, 500);
  assert.equal(result.failed, 0);
  assert.ok(result.perSecond > 800 && result.perSecond < 1050, JSON.stringify(result));
});
