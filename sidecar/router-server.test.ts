import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { value } from '#test/helpers/http1-message.ts';
import { exchange, RawClient } from '#test/helpers/raw-client.ts';
import { routerBed } from '#test/helpers/router-bed.ts';
import { answerWith, plain, type Script } from '#test/helpers/scripted-origin.ts';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { eventually } from '#test/helpers/within.ts';

const dtab = '/svc => ORIGIN';
const get = 'GET / HTTP/1.1\r\nHost: web\r\n\r\n';

describe('a server of a router', () => {
  test('linkerd1: timestampHeader: origins are told when the request came', async () => {
    await using bed = await routerBed({ dtab, more: { servers: [{ port: 0, timestampHeader: 'X-Stamp' }] } });
    const before = Date.now();
    await bed.get('web');
    const stamp = Number(value(bed.origin.requests[0] ?? assert.fail(), 'x-stamp'));
    assert.ok(stamp >= before && stamp <= Date.now(), String(stamp));
  });

  test('linkerd1: maxCallDepth by Via: a request that has passed more proxies is refused', async () => {
    await using bed = await routerBed({ dtab, more: { servers: [{ port: 0, maxCallDepth: 2 }] } });
    assert.equal((await bed.get('web', 'Via: 1.1 a, 1.1 b\r\n')).status, 200);
    const refused = await bed.get('web', 'Via: 1.1 a, 1.1 b, 1.1 c\r\n');
    assert.equal(refused.status, 400);
    assert.match(String(refused.body), /^Maximum number of calls \(2\) has been exceeded/);
  });

  test('linkerd1: addForwardedHeader (RFC 7239): origins are told who called', async () => {
    const server = { port: 0, addForwardedHeader: { by: { kind: 'static', label: 'edge' }, for: { kind: 'ip' } } };
    await using bed = await routerBed({ dtab, more: { servers: [server] } });
    await bed.get('web', 'Forwarded: for=1.2.3.4\r\n');
    const { headers } = bed.origin.requests[0] ?? assert.fail();
    const lines = headers.filter(([name]) => name.toLowerCase() === 'forwarded').map(([, text]) => text);
    assert.deepEqual(lines, ['for=1.2.3.4', 'by=_edge;for=127.0.0.1;host=web']);
  });

  test('linkerd1: clearContext: l5d headers are stripped both ways', async () => {
    await using bed = await routerBed({ dtab, more: { servers: [{ port: 0, clearContext: true }] } });
    const response = await bed.get('web', 'l5d-dtab: /svc=>/nowhere\r\nl5d-ctx-x: 1\r\nL5D-Sample: 1\r\n');
    assert.equal(response.status, 200);
    assert.equal(value(response, 'l5d-success-class'), undefined);
    assert.equal(value(bed.origin.requests[0] ?? assert.fail(), 'l5d-ctx-x'), undefined);
  });

  test('with a time-out answers 503 when it is over, and tells the origin its deadline', async () => {
    const script = () => new Promise<void>(() => {});
    await using bed = await routerBed({ dtab, script, more: { servers: [{ port: 0, timeoutMs: 200 }] } });
    const response = await bed.get('web');
    assert.equal(response.status, 503);
    assert.equal(
      String(response.body),
      'exceeded 200.milliseconds to 127.0.0.1/0 while waiting for a response for an individual request, excluding retries. Remote Info: Not Available',
    );
    assert.match(value(bed.origin.requests[0] ?? assert.fail(), 'l5d-ctx-deadline') ?? '', /^\d+ \d+$/);
  });

  test('linkerd1: serverSession idle/life: idle and old connections are closed, and counted', async () => {
    const sessions = { serverSession: { idleTimeMs: 100 } };
    await using bed = await routerBed({ dtab, more: { servers: [{ port: 0, ...sessions }] } });
    const client = await RawClient.connect(bed.port);
    await client.send(get);
    assert.equal((await client.response()).status, 200);
    assert.equal(await client.closed, 'fin');
    assert.equal(bed.count('server/127.0.0.1/0/idle'), 1);

    await using old = await routerBed({
      dtab,
      more: { servers: [{ port: 0, serverSession: { lifeTimeMs: 150 } }] },
      script: async (request, reply) => {
        await request.body();
        await reply.send(400, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      },
    });
    const late = await RawClient.connect(old.port);
    await late.send(get);
    const answer = await late.response();
    assert.deepEqual([answer.status, value(answer, 'connection')], [200, 'close'], 'what is under way ends first');
    assert.equal(await late.closed, 'fin');
    assert.equal(old.count('server/127.0.0.1/0/lifetime'), 1);
  });

  test('linkerd1: reusePort hot restart: two servers listen on one port', async () => {
    const server = (port: number) => ({ servers: [{ port, socketOptions: { reusePort: true } }] });
    await using first = await routerBed({ dtab, more: server(0) });
    await using second = await routerBed({ dtab, more: server(first.port) });
    assert.equal(second.port, first.port);
    first.router.close();
    assert.equal((await second.get('web')).status, 200);
  });

  test('linkerd1: socketOptions: a connection on which nothing moves is closed', async () => {
    const socketOptions = { noDelay: false, keepAlive: true, backlog: 10, readTimeoutMs: 100, writeTimeoutMs: 60_000 };
    await using bed = await routerBed({ dtab, more: { servers: [{ port: 0, socketOptions }] } });
    const client = await RawClient.connect(bed.port);
    await client.closed;
    await eventually(async () => bed.count('server/127.0.0.1/0/connections') === 0 || undefined, 'it is counted');
  });

  test('linkerd1: streaming of large bodies can be off: bodies of any framing have a length then', async () => {
    await using bed = await routerBed({
      dtab,
      more: { streamingEnabled: false },
      script: answerWith(
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n',
        20,
        '0\r\nx-t: 1\r\n\r\n',
      ),
    });
    const chunked = 'Host: web\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n';
    const response = await exchange(bed.port, `POST / HTTP/1.1\r\n${chunked}`);
    assert.deepEqual([String(response.body), value(response, 'content-length')], ['abc', '3']);
    const request = bed.origin.requests[0] ?? assert.fail();
    assert.deepEqual([String((await request.body()).body), value(request, 'content-length')], ['hello!', '6']);
  });

  test('an answer taken whole that breaks off is an error, one that ends with its connection is not', async () => {
    const script: Script = async (request, reply) => {
      await request.body();
      await reply.send(
        request.target === '/cut'
          ? 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab'
          : 'HTTP/1.0 200 OK\r\n\r\nabc',
      );
      reply.end();
    };
    await using bed = await routerBed({ dtab, script, more: { streamingEnabled: false } });
    assert.equal((await exchange(bed.port, 'GET /cut HTTP/1.1\r\nHost: web\r\n\r\n')).status, 502);
    const whole = await bed.get('web');
    assert.deepEqual([whole.status, String(whole.body), value(whole, 'content-length')], [200, 'abc', '3']);
  });

  test('linkerd1: response compression of text types: whole, streamed and made by the mesh', async () => {
    const text = 'some text, '.repeat(2000);
    const script: Script = async (request, reply) => {
      await request.body();
      const type = request.target === '/png' ? 'image/png' : 'text/plain';
      await reply.send(
        plain(200, request.target === '/small' ? 'text '.repeat(20) : text, `Content-Type: ${type}\r\n`),
      );
    };
    await using bed = await routerBed({ dtab: '/svc/web => ORIGIN', script });
    const get = (target: string, host = 'web') =>
      exchange(bed.port, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nAccept-Encoding: gzip\r\n\r\n`);
    const small = await get('/small');
    assert.deepEqual([value(small, 'content-encoding'), small.framing], ['gzip', 'length']);
    assert.equal(String(gunzipSync(small.body)), 'text '.repeat(20));
    const large = await get('/large');
    assert.deepEqual([value(large, 'content-encoding'), large.framing], ['gzip', 'chunked']);
    assert.equal(String(gunzipSync(large.body)), text);
    assert.equal(value(await get('/png'), 'content-encoding'), undefined);
    const error = await get('/', 'nowhere');
    assert.match(String(gunzipSync(error.body)), /^Unable to route request!/);
    await using off = await routerBed({ dtab, script, more: { compressionLevel: 0 } });
    const asItIs = await exchange(off.port, 'GET /x HTTP/1.1\r\nHost: web\r\nAccept-Encoding: gzip\r\n\r\n');
    assert.deepEqual([value(asItIs, 'content-encoding'), String(asItIs.body)], [undefined, text]);
  });

  test('linkerd1: access log with rotation: answers are logged, errors of the mesh are not', async (t) => {
    const httpAccessLog = join(temporaryDirectory(t), 'access.log');
    await using bed = await routerBed({ dtab: '/svc/web => ORIGIN', more: { httpAccessLog } });
    await bed.get('nowhere');
    await bed.get('web');
    const read = async () =>
      existsSync(httpAccessLog) ? readFileSync(httpAccessLog, 'latin1') || undefined : undefined;
    const lines = await eventually(read, 'a line is written');
    assert.match(lines, /^web 127\.0\.0\.1 - - \[[\d/:]+ UTC\] "GET \/ HTTP\/1\.1" 200 2 "-" "-"\n$/);
  });

  test('a disk that takes nothing hurts no request', async () => {
    await using bed = await routerBed({ dtab, more: { httpAccessLog: '/dev/full' } });
    for (let i = 0; i < 3; i++) assert.equal((await bed.get('web')).status, 200);
    await eventually(
      async () => bed.log.lines.some(({ event }) => /lost lines/.test(event)) || undefined,
      'it is told',
    );
  });
});
