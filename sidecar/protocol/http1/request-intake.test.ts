import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import type { Wire } from '../wire.ts';
import { RequestIntake } from './request-intake.ts';
import { Sniffer } from './sniff.ts';

/** An intake whose taker does with each request what `then` says. */
function intake(then: (made: RequestIntake, length: number) => void) {
  const said: string[] = [];
  const wire = { paused: false };
  const made: RequestIntake = new RequestIntake(
    {
      begin(head, parser) {
        said.push(`${head.method} ${head.uri}`);
        then(made, parser.length);
      },
      refuse: (status) => said.push(`refused ${status}`),
      body: (bytes, from, to) => said.push(bytes.latin1Slice(from, to)),
      complete: (whole, trailers) => said.push(`complete ${whole ?? ''}|${trailers}`),
      broken: () => said.push('broken'),
    },
    { line: 1000, headers: 1000, gather: 10, streams: 1, window: 1 },
    () =>
      ({
        pause: () => (wire.paused = true),
        resume: () => (wire.paused = false),
      }) as unknown as Wire,
  );
  const read = (text: string): void => made.read(Buffer.from(text, 'latin1'), 0, text.length);
  return { made, said, wire, read };
}

const wait = (made: RequestIntake): void => made.await();
const follow = (made: RequestIntake, length: number): void => made.follow(length);
const get = (uri: string): string => `GET ${uri} HTTP/1.1\r\nHost: a\r\n\r\n`;
const put = (length: number): string => `PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`;

describe('the intake of requests', () => {
  test('gives one request at a time: the next is held until its turn', () => {
    const { made, said, read } = intake(wait);
    assert.equal(made.between, true);
    read(get('/1') + get('/2').slice(0, 5));
    assert.deepEqual([said, made.between], [['GET /1'], false]);
    read(get('/2').slice(5));
    assert.deepEqual(said, ['GET /1']);
    assert.equal(made.next(), true);
    made.release();
    assert.deepEqual(said, ['GET /1', 'GET /2']);
  });

  test('pauses the socket of a caller that sends much before its turn', () => {
    const { made, wire, read } = intake(wait);
    read(get('/1'));
    read('x'.repeat(65_535));
    assert.equal(wire.paused, false);
    read('x');
    assert.equal(wire.paused, true);
    made.stop();
  });

  test('looks at no request of a caller that does not read its answers', () => {
    const { made, said, wire, read } = intake(wait);
    made.full();
    read(get('/1'));
    assert.deepEqual([said, wire.paused], [[], true]);
    made.drained();
    assert.deepEqual([said, wire.paused], [['GET /1'], false]);
  });

  test('holds a body until it may flow, and whenever it is stopped', () => {
    const { made, said, wire, read } = intake(follow);
    read(`${put(5)}he`);
    assert.deepEqual([said, wire.paused], [['PUT /'], true]);
    made.flow();
    assert.deepEqual([said, wire.paused], [['PUT /', 'he'], false]);
    made.pause();
    read('l');
    assert.deepEqual([said.length, wire.paused], [2, true]);
    made.resume();
    read('lo'.slice(1));
    assert.deepEqual([said.slice(2), wire.paused], [['l', 'o'], false]);
  });

  test('gathers a body without being asked to let it flow', () => {
    const { said, read } = intake((made, length) => made.gather(length));
    read(`${put(5)}he`);
    read('llo');
    assert.deepEqual(said, ['PUT /', 'complete hello|']);
  });

  test('reads an unwanted body over before the next request', () => {
    const { made, said, read } = intake(follow);
    read(`${put(5)}he`);
    assert.equal(made.next(), false);
    made.release();
    read('llo');
    assert.deepEqual(said, ['PUT /', 'he', 'llo', 'complete |']);
    assert.equal(made.next(), true);
    read(put(0));
    assert.equal(said.at(-1), 'PUT /');
  });

  test('says what is no request, and whose framing is bad', () => {
    const bad = intake(wait);
    bad.read('SSH-2.0\r\n\r\n');
    assert.deepEqual(bad.said, ['refused 400']);
    const chunks = intake(follow);
    chunks.read('PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    chunks.made.flow();
    chunks.read('xyz\r\n');
    assert.deepEqual(chunks.said, ['PUT /', 'broken']);
  });

  test('lets the first bytes through a CONNECT tell what they are', () => {
    for (const [bytes, after] of [
      [get('/in'), ['GET /in']],
      ['\x16\x03\x01', ['tunnel']],
    ] as const) {
      let first = true;
      const { said, read } = intake((one) => {
        if (!first) return one.await();
        first = false;
        const sniffer = new Sniffer(new ManualClock(), (what, heard) => {
          if (what === 'http1') one.sniffed(heard);
          else said.push(what);
        });
        one.sniff(sniffer);
      });
      read('CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n');
      read(bytes);
      assert.deepEqual(said, ['CONNECT a:1', ...after]);
    }
  });

  test('reads nothing once it is stopped', () => {
    const { made, said, read } = intake(wait);
    made.stop();
    read(get('/1'));
    assert.deepEqual(said, []);
  });
});
