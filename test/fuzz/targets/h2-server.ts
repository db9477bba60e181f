import assert from 'node:assert/strict';
import { ManualClock } from '#core/clock.ts';
import { Counter } from '#core/telemetry/metrics.ts';
import { h2Side } from '#sidecar/protocol/h2/codec.ts';
import { Flag, PREFACE, Setting, Type } from '#sidecar/protocol/h2/frame.ts';
import { ServerSession } from '#sidecar/protocol/h2/server-session.ts';
import type { Exchange } from '#sidecar/router/exchange.ts';
import type { RequestHead } from '#sidecar/router/request-head.ts';
import { Caller } from '#test/helpers/exchanges.ts';
import { data, frame, get, goaway, headers, post, reset, settings, window } from '#test/helpers/h2-peer.ts';
import { begin, finish, piece, reply, takeBody } from '#test/helpers/http1-server.ts';
import { fakeWire, feed } from '../fake-socket.ts';
import { isOneRequest } from '../one-request.ts';
import type { Target } from '../target.ts';

interface ReadRequest {
  readonly head: RequestHead;
  taken: { readonly body: string };
  trailers: string | undefined;
}

async function served(
  bytes: Buffer,
  sizes: readonly number[],
): Promise<{ requests: readonly ReadRequest[]; answers: string }> {
  const requests: ReadRequest[] = [];
  const held: Exchange[] = [];
  const send = (x: Exchange): void => {
    if (x.request.method !== 'CONNECT') isOneRequest(x);
    const read: ReadRequest = {
      head: x.request,
      taken: { body: x.body?.toString('latin1') ?? '' },
      trailers: undefined,
    };
    requests.push(read);
    if (x.body === undefined && x.bodyLength !== 0 && x.request.uri[1] !== 'e') {
      read.taken = takeBody(x, (_, trailers) => {
        read.trailers = trailers;
        reply(x, 'done');
      });
    } else answerBy(x);
  };
  const answerBy = (x: Exchange): void => {
    switch (x.request.uri[1]) {
      case 'h':
        held.push(x);
        break;
      case 's':
        begin(x, -1);
        piece(x, 'p'.repeat(70_000));
        finish(x, 'x-sum: 1\r\n');
        break;
      case 'f':
        x.refuse('reset', 'reset');
        break;
      default:
        reply(x, x.request.method === 'HEAD' ? '' : 'whole');
    }
  };
  const side = h2Side(
    {
      ip: '127.0.0.1',
      port: 0,
      tls: undefined,
      limits: { line: 200, headers: 500, gather: 20, streams: 5, window: 100 },
      errorBytes: 100,
      clearContext: false,
      service: { send },
      native: undefined,
      clock: new ManualClock(),
      counts: { connects: new Counter(), closes: new Counter(), open: 0, received: 0, sent: 0 },
      refused() {},
    },
    () => {},
  );
  const session = new ServerSession(side, new Caller().caller);
  const { wire, socket } = fakeWire(session);
  session.attach(wire);
  feed(bytes, sizes, socket, (one) => wire.read(one, one.length));
  for (const x of held) if (!x.over) reply(x, 'late');
  await new Promise((resolve) => setImmediate(resolve)); // what was said in this turn goes out
  wire.destroy();
  assert.equal(session.streams.size, 0, 'no stream outlives its connection');
  return { requests, answers: socket.written };
}

const body = 'x'.repeat(50);

/** A caller's HTTP/2 connection: it makes the same of the same bytes, however they are cut. */
export const target: Target = {
  async run(input) {
    const cut = input[0] ?? 0;
    const bytes = Buffer.concat([Buffer.from(PREFACE + settings(), 'latin1'), input.subarray(1)]);
    const whole = await served(bytes, []);
    const cutUp = await served(bytes, [1 + (cut & 15), 1 + (cut >> 2)]);
    // Of a body that breaks a rule, the bytes before may have been passed on, or not.
    for (const [i, { taken, trailers }] of whole.requests.entries()) {
      if (trailers === undefined && taken.body === '') (cutUp.requests[i] as ReadRequest).taken = taken;
    }
    assert.deepEqual(cutUp, whole);
  },
  most: 2048,
  seeds: [
    settings([Setting.window, 70_000]) + headers(1, get('web')) + headers(3, get('web')) + window(0, 100_000),
    headers(1, post('web', ['content-length', '3']), false) + data(1, 'abc', true),
    headers(1, post('web'), false) + data(1, body) + data(1, '') + headers(1, [['x-sum', '1']]),
    headers(1, post('web', ['content-length', '50']), false) + data(1, body, true) + reset(1, 8),
    headers(1, [
      [':method', 'GET'],
      [':scheme', 'http'],
      [':path', '/s'],
      [':authority', 'web'],
      ['cookie', 'a'],
      ['cookie', 'b'],
    ]) +
      window(1, 5) +
      window(0, 70_000),
    headers(1, [
      [':method', 'GET'],
      [':scheme', 'http'],
      [':path', '/h'],
      ['host', 'web'],
      ['te', 'trailers'],
    ]) +
      reset(1, 8) +
      goaway(0, 0),
    headers(
      1,
      [
        [':method', 'CONNECT'],
        [':authority', 'web:80'],
      ],
      false,
    ) + data(1, 'bytes'),
    headers(
      1,
      [
        [':method', 'CONNECT'],
        [':protocol', 'websocket'],
        [':scheme', 'http'],
        [':path', '/u'],
        [':authority', 'web'],
      ],
      false,
    ) + data(1, 'bytes'),
    frame(Type.headers, Flag.endStream, 1, '\x82\x84\x86') +
      frame(Type.continuation, Flag.endHeaders, 1, '\x41\x03web'),
    frame(
      Type.headers,
      Flag.endStream | Flag.endHeaders | Flag.padded | Flag.priority,
      1,
      '\x02\0\0\0\0\x10\x82\x84\x86\x41\x03web\0\0',
    ),
    frame(Type.data, Flag.padded, 1, '\x01a\0') +
      frame(Type.ping, 0, 0, '12345678') +
      frame(Type.priority, 0, 1, '\0\0\0\0\x01') +
      frame(0x77, 0, 0, 'x'),
    headers(1, [
      [':method', 'GET'],
      [':scheme', 'http'],
      [':path', '/f'],
      [':authority', 'web'],
    ]) + settings([Setting.tableSize, 0], [Setting.maxFrame, 16384]),
  ].map((bytes) => `\x05${bytes}`),
};
