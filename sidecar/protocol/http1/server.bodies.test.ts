import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { value } from '#test/helpers/http1-message.ts';
import { reply, serve, takeBody } from '#test/helpers/http1-server.ts';
import { exchange, RawClient } from '#test/helpers/raw-client.ts';
import { eventually } from '#test/helpers/within.ts';
import type { Exchange } from '../../router/exchange.ts';

const get = (uri: string, lines = '') => `GET ${uri} HTTP/1.1\r\nHost: web\r\n${lines}\r\n`;
const post = (uri: string, body: string, lines = '') =>
  `POST ${uri} HTTP/1.1\r\nHost: web\r\nContent-Length: ${body.length}\r\n${lines}\r\n${body}`;
const chunked = (uri: string, body: string) => `POST ${uri} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n${body}`;

/** A service that keeps what it is sent. */
function keeping(): { readonly sent: Exchange[]; readonly send: (x: Exchange) => void } {
  const sent: Exchange[] = [];
  return { sent, send: (x) => void sent.push(x) };
}

const arrived = (sent: readonly Exchange[], count: number) =>
  eventually(() => (sent.length >= count ? sent : undefined), `${count} requests have come`);

describe('a request body', () => {
  test('up to the limit comes whole with the request, and can be sent again', async () => {
    const { sent, send } = keeping();
    using server = await serve(send, { gather: 5 });
    using client = await RawClient.connect(server.port);
    await client.send('POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhe');
    await sleep(20);
    assert.equal(sent.length, 0);
    await client.send('llo');
    await arrived(sent, 1);
    assert.deepEqual([sent[0]?.body?.toString(), sent[0]?.replayable], ['hello', true]);
  });

  test('above it is held until someone takes it, and then flows in order', async () => {
    const { sent, send } = keeping();
    using server = await serve(send, { gather: 5 });
    using client = await RawClient.connect(server.port);
    await client.send(post('/', 'hello ').slice(0, -3), 5, 'lo ');
    await arrived(sent, 1);
    const x = sent[0] as Exchange;
    assert.equal(x.replayable, false);
    await sleep(20);
    let whole: string | undefined;
    takeBody(x, (body) => {
      whole = body;
    });
    assert.equal(await eventually(() => whole, 'the body is there'), 'hello ');
  });

  test('that nobody takes yet stops the caller', async () => {
    const { sent, send } = keeping();
    using server = await serve(send, { gather: 0 });
    using client = await RawClient.connect(server.port);
    const body = 'x'.repeat(20_000_000);
    void client.send(post('/', body));
    await arrived(sent, 1);
    await sleep(200);
    assert.ok(server.counts.received < 1_000_000, `${server.counts.received} bytes taken`);
    let whole = '';
    const x = sent[0] as Exchange;
    takeBody(x, (taken) => {
      whole = taken;
      reply(x);
    });
    assert.equal((await client.response()).status, 200);
    assert.equal(whole.length, body.length);
  });

  test('in chunks is unframed, and its trailers come with its end', async () => {
    let trailers = '';
    using server = await serve((x) => {
      takeBody(x, (body, lines) => {
        trailers = lines;
        reply(x, body);
      });
    });
    const body = '3\r\nhel\r\n2;x\r\nlo\r\n0\r\nX-Sum: 1\r\nl5d-dtab: /a=>/b\r\n\r\n';
    assert.equal((await exchange(server.port, chunked('/', body))).body.toString(), 'hello');
    assert.equal(trailers, 'X-Sum: 1\r\n');
  });

  test('with broken chunks is the end: 400, the request is abandoned, nothing after it is read', async () => {
    const { sent, send } = keeping();
    using server = await serve(send);
    using client = await RawClient.connect(server.port);
    await client.send(chunked('/', '5\r\nhel'));
    await arrived(sent, 1);
    const x = sent[0] as Exchange;
    const taken = takeBody(x, () => assert.fail('the body has no end'));
    await client.send(`loX\r\n${get('/smuggled')}`);
    assert.equal((await client.response()).status, 400);
    await client.closed;
    assert.equal(taken.body, 'hello');
    assert.equal(x.error?.kind, 'abandoned');
    assert.equal(sent.length, 1);
  });

  test('that is expected to be asked for is asked for, once, and only where there is one', async () => {
    using server = await serve((x) => reply(x, x.body?.toString() ?? ''));
    using client = await RawClient.connect(server.port);
    await client.send('POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n');
    assert.equal((await client.bytes(25)).toString(), 'HTTP/1.1 100 Continue\r\n\r\n');
    await client.send('hello');
    assert.equal((await client.response()).body.toString(), 'hello');
    await client.send(get('/', 'Expect: 100-continue\r\n'));
    assert.deepEqual((await client.response()).interim, []);
  });
});

describe('an answer before the request body is through', () => {
  test('goes out at once, the rest of the body is read over, and the next request is answered', async () => {
    using server = await serve((x) => reply(x, x.request.uri), { gather: 0 });
    using client = await RawClient.connect(server.port);
    await client.send(post('/1', 'x'.repeat(100_000)).slice(0, 500));
    assert.equal((await client.response()).body.toString(), '/1');
    await client.send(post('/1', 'x'.repeat(100_000)).slice(500), get('/2'));
    assert.equal((await client.response()).body.toString(), '/2');
  });

  test('to a body in chunks likewise', async () => {
    using server = await serve((x) => reply(x, x.request.uri));
    using client = await RawClient.connect(server.port);
    await client.send(chunked('/1', '5\r\nhel'));
    assert.equal((await client.response()).body.toString(), '/1');
    await client.send(`lo\r\n0\r\n\r\n${get('/2')}`);
    assert.equal((await client.response()).body.toString(), '/2');
  });

  test('ends the connection where too much of the body is still to come', async () => {
    using server = await serve((x) => reply(x, x.request.uri), { gather: 0 });
    using client = await RawClient.connect(server.port);
    const sending = client.send(post('/1', 'x'.repeat(3_000_000)));
    assert.equal((await client.response()).status, 200);
    await client.closed;
    await sending;
  });

  test('ends the connection behind the body where the caller asked for that', async () => {
    using server = await serve((x) => reply(x), { gather: 0 });
    using client = await RawClient.connect(server.port);
    await client.send(post('/1', 'x'.repeat(2000), 'Connection: close\r\n').slice(0, 200));
    assert.equal(value(await client.response(), 'connection'), 'close');
    await client.send('x'.repeat(4000));
    assert.equal(await client.closed, 'fin');
  });
});
