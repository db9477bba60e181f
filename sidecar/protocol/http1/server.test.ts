import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ManualClock } from '#core/clock.ts';
import { value } from '#test/helpers/http1-message.ts';
import { begin, finish, piece, reply, serve } from '#test/helpers/http1-server.ts';
import { RawClient } from '#test/helpers/raw-client.ts';
import { eventually } from '#test/helpers/within.ts';
import type { Exchange } from '../../router/exchange.ts';
import { HEAD_MS, LOOK_MS, STILL_MS } from '../patience.ts';

const get = (uri: string, lines = '') => `GET ${uri} HTTP/1.1\r\nHost: web\r\n${lines}\r\n`;
const post = (uri: string, body: string, lines = '') =>
  `POST ${uri} HTTP/1.1\r\nHost: web\r\nContent-Length: ${body.length}\r\n${lines}\r\n${body}`;

/** A service that keeps what it is sent. */
function keeping(): { readonly sent: Exchange[]; readonly send: (x: Exchange) => void } {
  const sent: Exchange[] = [];
  return { sent, send: (x) => void sent.push(x) };
}

const arrived = (sent: readonly Exchange[], count: number) =>
  eventually(() => (sent.length >= count ? sent : undefined), `${count} requests have come`);

describe('pipelined requests', () => {
  test('are looked at one after the other, each when the one before is answered', async () => {
    const { sent, send } = keeping();
    using server = await serve(send);
    using client = await RawClient.connect(server.port);
    await client.send(get('/1') + post('/2', 'body') + get('/3'));
    for (const n of [1, 2, 3]) {
      await arrived(sent, n);
      await sleep(10);
      assert.equal(sent.length, n);
      const x = sent[n - 1] as Exchange;
      reply(x, `${x.request.uri} ${x.body ?? ''}`);
      assert.equal((await client.response()).body.toString(), `/${n} ${n === 2 ? 'body' : ''}`);
    }
  });

  test('that are answered at once are all answered, in order', async () => {
    using server = await serve((x) => reply(x, x.request.uri));
    using client = await RawClient.connect(server.port);
    const uris = Array.from({ length: 500 }, (_, i) => `/${i}`);
    await client.send(uris.map((uri) => get(uri)).join(''));
    for (const uri of uris) assert.equal((await client.response()).body.toString(), uri);
  });

  test('whose answers are not read are held, however many there are', async () => {
    let answered = 0;
    using server = await serve((x) => {
      answered += 1;
      setImmediate(() => reply(x, 'a'.repeat(900)));
    });
    using client = await RawClient.connect(server.port);
    client.pause();
    const flood = get('/').repeat(1000);
    void (async () => {
      for (let i = 0; i < 100; i++) await client.send(flood);
    })();
    let before = -1;
    await eventually(async () => {
      if (answered === before) return true;
      before = answered;
      await sleep(300);
      return undefined;
    }, 'no more requests are taken');
    assert.ok(answered < 60_000, `${answered} answers of 1 KB wait for the caller`);
  });
});

describe('a caller that goes away', () => {
  test('ends its request', async () => {
    const { sent, send } = keeping();
    using server = await serve(send);
    using client = await RawClient.connect(server.port);
    await client.send(get('/'));
    await arrived(sent, 1);
    client.reset();
    const x = sent[0] as Exchange;
    await eventually(() => x.error, 'the request has failed');
    assert.deepEqual([x.error?.kind, x.over], ['abandoned', true]);
  });

  test('is counted', async () => {
    using server = await serve((x) => reply(x));
    const { counts } = server;
    const client = await RawClient.connect(server.port);
    await client.send(get('/'));
    await client.response();
    assert.deepEqual([counts.connects.value, counts.closes.value, counts.open], [1, 0, 1]);
    client.close();
    await eventually(() => (counts.open === 0 ? true : undefined), 'the connection is counted out');
    assert.equal(counts.closes.value, 1);
    assert.ok(counts.received > 0 && counts.sent > 0);
  });

  test('while its body is gathered leaves nothing behind', async () => {
    using server = await serve(() => assert.fail('no request came'));
    const client = await RawClient.connect(server.port);
    await client.send('POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhel');
    await sleep(20);
    client.close();
    await eventually(() => (server.counts.open === 0 ? true : undefined), 'the connection is counted out');
  });
});

describe('a head in pieces', () => {
  test('is read wherever it is cut, empty lines before it too', async () => {
    using server = await serve((x) => reply(x, x.request.uri));
    using client = await RawClient.connect(server.port);
    const text = `\r\n\r\n${get('/a')}`;
    for (let cut = 1; cut < text.length; cut++) {
      await client.send(text.slice(0, cut), text.slice(cut));
      assert.equal((await client.response()).body.toString(), '/a');
    }
  });

  test('is refused as soon as it is bad', async () => {
    using server = await serve(() => assert.fail('no request came'));
    for (const [pieces, status] of [
      [['GET / HT', 'TP/1.1\nHost: web\n'], 400],
      [['GET / HTTP/1.1\r\nX-A', ' : 1\r\n'], 400],
      [['GET /', 'a'.repeat(1000)], 414],
      [['GET / HTTP/1.1\r\nX-A: ', 'a'.repeat(2000)], 431],
    ] as const) {
      using client = await RawClient.connect(server.port);
      await client.send(...pieces);
      const response = await client.response();
      assert.deepEqual([response.status, response.version], [status, 'HTTP/1.0']);
      assert.equal(await client.closed, 'fin');
    }
  });
});

describe('draining', () => {
  test('closes idle connections, lets requests end, says that the connection ends, and accepts no more', async () => {
    const { sent, send } = keeping();
    using server = await serve(send);
    using idle = await RawClient.connect(server.port);
    using busy = await RawClient.connect(server.port);
    await busy.send(get('/1') + get('/2'));
    await arrived(sent, 1);
    let over = false;
    const drained = server.listener.drain().then(() => {
      over = true;
    });
    assert.equal(await idle.closed, 'fin');
    await assert.rejects(RawClient.connect(server.port), { code: 'ECONNREFUSED' });
    assert.equal(over, false);
    reply(sent[0] as Exchange);
    assert.equal(value(await busy.response(), 'connection'), 'close');
    await busy.closed;
    busy.close();
    await drained;
    assert.equal(sent.length, 1, 'the pipelined request was not taken');
  });

  test('an idle listener is over at once', async () => {
    using server = await serve((x) => reply(x));
    await server.listener.drain();
  });
});

test('a body that breaks off ends the connection, so that the caller sees it', async () => {
  using server = await serve((x) => {
    begin(x, 1000);
    piece(x, 'hello');
    x.refuse('reset', 'gone');
  });
  using client = await RawClient.connect(server.port);
  await client.send(get('/') + get('/2'));
  await client.closed;
  assert.match(client.unread, /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nhello$/);
});

test('an answer that is slow to come is streamed as it comes, and its source is stopped where the caller is slow', async () => {
  let stopped = 0;
  let flowing = true;
  let wrote = 0;
  using server = await serve((x) => {
    x.upstream = {
      write() {},
      finish() {},
      pause() {
        stopped += 1;
        flowing = false;
      },
      resume() {
        flowing = true;
      },
    };
    begin(x, -1);
    const more = () => {
      if (!flowing) return setTimeout(more, 1);
      if (wrote >= 20_000_000) return finish(x);
      piece(x, 'x'.repeat(50_000));
      wrote += 50_000;
      return setImmediate(more);
    };
    more();
  });
  using client = await RawClient.connect(server.port);
  client.pause();
  await client.send(get('/'));
  await eventually(() => (stopped > 0 ? true : undefined), 'the source is stopped');
  const stoppedAt = wrote;
  await sleep(100);
  assert.equal(wrote, stoppedAt);
  client.resume();
  assert.equal((await client.response()).body.length, 20_000_000);
});

describe('a caller that is slow', () => {
  /** What a caller is told that has sent so much, when so many milliseconds are over; undefined where it waits on. */
  async function told(sent: string, ms: number): Promise<number | undefined> {
    const clock = new ManualClock();
    const { sent: exchanges, send } = keeping();
    using server = await serve(send, { clock });
    using client = await RawClient.connect(server.port);
    await client.send(sent);
    await eventually(() => (server.counts.received >= sent.length ? true : undefined), 'it is here');
    for (let at = 0; at <= ms + LOOK_MS; at += LOOK_MS) clock.advance(LOOK_MS);
    if (server.counts.open === 0) assert.fail('closed at once');
    const answer = await Promise.race([client.response(), sleep(200)]);
    if (answer === undefined) return undefined;
    assert.equal(await client.closed, 'fin');
    for (const x of exchanges) assert.equal(x.error?.kind, 'abandoned');
    return answer.status;
  }

  test('with its head is told so and left', async () => {
    assert.equal(await told('GET / HTTP/1.1\r\nHost: w', HEAD_MS), 408);
  });

  test('with its body is, too', async () => {
    assert.equal(await told('POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 900\r\n\r\nhal', STILL_MS), 408);
  });

  test('to begin is waited for, and so is one whose answer is not there', async () => {
    assert.equal(await told('', 2 * STILL_MS), undefined);
    assert.equal(await told(get('/'), 2 * STILL_MS), undefined);
  });
});

describe('an answer that breaks off', () => {
  const broken = (x: Exchange) => {
    begin(x, 100);
    piece(x, 'part');
    x.refuse('reset', 'gone');
  };

  test('ends the connection at once for a caller that only waits, whether it closes its side or not', async () => {
    using server = await serve(broken);
    using client = await RawClient.connect(server.port);
    await client.send(get('/'));
    assert.match(await client.rest(), /part$/);
    await eventually(() => (server.counts.open === 0 ? true : undefined), 'it is closed', 1000);
  });

  test('is not lost to a caller that is still sending', async () => {
    using server = await serve(broken);
    using client = await RawClient.connect(server.port);
    await client.send(`${get('/')}${get('/').repeat(20)}`);
    assert.match(await client.rest(), /part$/);
  });
});
