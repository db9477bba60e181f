import assert from 'node:assert/strict';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { ManualClock } from '#core/clock.ts';
import { address } from '#core/naming/name.ts';
import { Http1Transport } from '#sidecar/protocol/http1/transport.ts';
import { type CallOptions, call } from '#test/helpers/exchanges.ts';
import { connectionCounts } from '#test/helpers/h2-transport.ts';
import { FakeSocket, feed } from '../fake-socket.ts';
import type { Target } from '../target.ts';

/** While a target runs: the socket that a connection got in place of a real one, and what reads from it. */
let opened: { readonly socket: FakeSocket; readonly read: (n: number, bytes: Buffer) => void } | undefined;
let ready: (() => void) | undefined;
let faking = false;
const real = net.connect;
net.connect = ((options: { onread: { callback: (n: number, bytes: Buffer) => boolean } }, done: () => void) => {
  if (!faking) return (real as (options: unknown, done: () => void) => net.Socket)(options, done);
  opened = { socket: new FakeSocket(), read: options.onread.callback };
  ready = done;
  return opened.socket;
}) as unknown as typeof net.connect;
syncBuiltinESMExports();

const requests: readonly CallOptions[] = [
  {},
  { method: 'HEAD' },
  { method: 'POST', body: 'body' },
  { method: 'POST', streamed: -1 },
  { method: 'CONNECT' },
  { minor: 0 },
  { lines: 'Connection: Upgrade\r\n' },
];

/** What the caller got of an answer. */
function answered(bytes: Buffer, sizes: readonly number[], request: CallOptions): unknown {
  const transport = new Http1Transport({
    address: address('127.0.0.1', 80),
    security: undefined,
    limits: { line: 200, headers: 500, gather: 20, streams: 100, window: 65_536 },
    connectMs: 1000,
    clock: new ManualClock(),
    counts: connectionCounts(),
  });
  const { x, caller } = call(request);
  if (request.lines !== undefined) x.request.protocol = 'websocket';
  faking = true;
  transport.send(x);
  faking = false;
  const { socket, read } = opened as NonNullable<typeof opened>;
  ready?.();
  feed(bytes, sizes, socket, (piece) => read(piece.length, piece));
  socket.destroy();
  transport.close();
  assert.equal(caller.ends.length, 1, 'every exchange comes back once');
  const { ends, responses, informed, body, finished } = caller;
  return { ends, responses, informed, body, finished, head: x.response, sent: socket.written };
}

/** A connection to an HTTP/1 origin: the same bytes are the same answer, however they are cut. */
export const target: Target = {
  run(input) {
    const request = requests[(input[0] ?? 0) % requests.length] as CallOptions;
    const bytes = input.subarray(2);
    const cut = input[1] ?? 0;
    assert.deepEqual(answered(bytes, [1 + (cut & 7), 1 + (cut >> 3)], request), answered(bytes, [], request));
  },
  seeds: [
    '\0\x01HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody',
    '\0\x01HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n1234567890123456789012345678901234567890',
    '\x01\x01HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n',
    '\x02\x02HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx: y\r\n\r\n',
    '\x03\x02HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 404 Not Found\r\nConnection: close\r\n\r\nuntil the end',
    '\x04\x02HTTP/1.1 200 Connection established\r\n\r\nbytes',
    '\x05\x02HTTP/1.1 204 No Content\r\n\r\n',
    '\x06\x02HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nframes',
    '\0\x02HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\nl5d-success-class: 1.0\r\nl5d-retryable: true\r\n\r\n',
  ],
};
