import assert from 'node:assert/strict';
import { ManualClock } from '#core/clock.ts';
import { Counter } from '#core/telemetry/metrics.ts';
import type { ListenParts } from '#sidecar/protocol/codec.ts';
import { ServerConnection } from '#sidecar/protocol/http1/server.ts';
import { TunnelConnection } from '#sidecar/protocol/tunnel-connection.ts';
import type { Exchange } from '#sidecar/router/exchange.ts';
import type { RequestHead } from '#sidecar/router/request-head.ts';
import { Caller } from '#test/helpers/exchanges.ts';
import { begin, finish, piece, reply, takeBody } from '#test/helpers/http1-server.ts';
import { fakeWire, feed } from '../fake-socket.ts';
import { isOneRequest } from '../one-request.ts';
import type { Target } from '../target.ts';

interface ReadRequest {
  readonly head: RequestHead;
  taken: { readonly body: string };
  trailers: string | undefined;
}

/** Everything a caller's connection made of the bytes: requests with their bodies, and what was answered. */
function served(bytes: Buffer, sizes: readonly number[]): { requests: readonly ReadRequest[]; answers: string } {
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
    if (x.body === undefined && x.bodyLength !== 0) {
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
        piece(x, 'piece');
        finish(x, 'x-sum: 1\r\n');
        break;
      case 'f':
        x.refuse('connect', 'refused');
        break;
      case 'u':
        x.switched = x.request.protocol !== '';
        begin(x, x.switched ? -1 : 0);
        if (x.switched) takeBody(x);
        else x.end();
        break;
      default:
        reply(x, x.request.method === 'HEAD' ? '' : 'whole');
    }
  };
  const parts = partsOf(send);
  const { caller } = new Caller();
  const connection = new ServerConnection(
    {
      parts,
      draining: false,
      forget() {},
      becomeH2() {},
      becomeTunnel(_, head, first) {
        const tunnel = new TunnelConnection(parts, caller, head, () => {});
        wire.handler = tunnel;
        tunnel.attach(wire);
        tunnel.data(first, 0, first.length);
      },
    },
    caller,
  );
  const { wire, socket } = fakeWire(connection);
  connection.attach(wire);
  feed(bytes, sizes, socket, (piece) => wire.read(piece, piece.length));
  for (const x of held) reply(x, 'late');
  wire.destroy();
  // A head that is too long and wrong besides is refused for what is seen first.
  return { requests, answers: socket.written.replace(/HTTP\/1\.0 4\d\d .*/g, 'refused') };
}

function partsOf(send: (x: Exchange) => void): ListenParts {
  return {
    ip: '127.0.0.1',
    port: 0,
    tls: undefined,
    limits: { line: 200, headers: 500, gather: 20, streams: 100, window: 65_536 },
    errorBytes: 100,
    clearContext: false,
    service: { send },
    native: undefined,
    clock: new ManualClock(),
    counts: { connects: new Counter(), closes: new Counter(), open: 0, received: 0, sent: 0 },
    refused() {},
  };
}

/** A caller's HTTP/1 connection: it makes the same of the same bytes, however they are cut, and passes on only whole requests. */
export const target: Target = {
  run(input) {
    const bytes = input.subarray(1);
    const step = 1 + ((input[0] ?? 0) & 7);
    assert.deepEqual(served(bytes, [step, 1 + ((input[0] ?? 0) >> 3)]), served(bytes, []));
  },
  seeds: [
    '\x01GET / HTTP/1.1\r\nHost: web\r\n\r\n',
    '\x01GET /s HTTP/1.0\r\n\r\nGET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n',
    '\x03POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 3\r\n\r\nabcPOST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\n123456789012345678901234567890',
    '\x05POST / HTTP/1.1\r\nHost: web\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n5;a=b\r\nhello\r\n0\r\nx-sum: 1\r\n\r\nGET /f HTTP/1.1\r\nHost: a\r\n\r\n',
    '\x02CONNECT web:80 HTTP/1.1\r\nHost: web:80\r\n\r\nGET / HTTP/1.1\r\nHost: web\r\n\r\n',
    '\x02CONNECT web:443 HTTP/1.1\r\nHost: web:443\r\n\r\n\x16\x03\x01',
    '\x02GET /u HTTP/1.1\r\nHost: web\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nbytes',
    '\x02GET http://user@web:80/a?b HTTP/1.1\r\nHost: other\r\nl5d-dtab: /a=>/b\r\nVia: 1.1 x\r\n\r\nHEAD /h HTTP/1.1\r\nHost: web\r\n\r\n',
    '\x02OPTIONS * HTTP/1.1\r\nHost: web\r\nTE: trailers\r\nTransfer-Encoding: gzip\r\n\r\n',
  ],
};
