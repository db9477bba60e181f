import assert from 'node:assert/strict';
import { ManualClock } from '#core/clock.ts';
import { ClientSession } from '#sidecar/protocol/h2/client-session.ts';
import { Flag, Setting, Type } from '#sidecar/protocol/h2/frame.ts';
import { hpackForm } from '#sidecar/protocol/h2/hpack-form.ts';
import type { Exchange } from '#sidecar/router/exchange.ts';
import { type CallOptions, call } from '#test/helpers/exchanges.ts';
import { data, frame, goaway, headers, reset, settings, settingsAck, window } from '#test/helpers/h2-peer.ts';
import { fakeWire, feed } from '../fake-socket.ts';
import type { Target } from '../target.ts';

const requests: readonly CallOptions[] = [
  {},
  { method: 'HEAD' },
  { method: 'POST', body: 'body' },
  { method: 'POST', streamed: -1 },
  { method: 'CONNECT', streamed: -1 },
];

/** What the callers of one connection got of an origin's answers. */
function answered(bytes: Buffer, sizes: readonly number[]): unknown {
  const clock = new ManualClock();
  const session = new ClientSession({
    limits: { streams: 100, window: 100, headerList: 500 },
    clock,
    scheme: 'http',
    gather: 20,
    form: hpackForm,
    linked: false,
    grantsOnly: false,
    changed() {},
  });
  const { wire, socket } = fakeWire(session);
  session.attach(wire);
  const sent = requests.map((request) => {
    const one = call(request);
    session.send(one.x);
    if (request.streamed !== undefined) upload(one.x);
    return one;
  });
  feed(bytes, sizes, socket, (piece) => wire.read(piece, piece.length));
  wire.destroy();
  return sent.map(({ x, caller }) => {
    assert.equal(caller.ends.length, 1, 'every exchange comes back once');
    const { ends, responses, informed, body, finished } = caller;
    return { ends, responses, informed, body, finished, head: x.response };
  });
}

function upload(x: Exchange): void {
  const bytes = Buffer.alloc(70_000, 'x');
  x.upstream?.write(bytes, 0, bytes.length);
  x.upstream?.finish('x-sum: 1\r\n');
}

/** A connection to an HTTP/2 origin: the same bytes are the same answers, however they are cut. */
export const target: Target = {
  run(input) {
    const cut = input[0] ?? 0;
    const bytes = Buffer.concat([Buffer.from(settings(), 'latin1'), input.subarray(1)]);
    assert.deepEqual(answered(bytes, [1 + (cut & 15), 1 + (cut >> 2)]), answered(bytes, []));
  },
  most: 2048,
  seeds: [
    settings([Setting.window, 70_000], [Setting.maxStreams, 10]) +
      settingsAck +
      headers(1, [[':status', '200']], false) +
      data(1, 'body', true),
    headers(
      1,
      [
        [':status', '200'],
        ['content-length', '4'],
      ],
      false,
    ) +
      data(1, 'body', true) +
      headers(3, [[':status', '204']]),
    headers(
      5,
      [
        [':status', '103'],
        ['link', 'a'],
      ],
      false,
    ) +
      headers(5, [[':status', '200']], false) +
      data(5, 'x'.repeat(60)) +
      headers(5, [['grpc-status', '0']]),
    headers(7, [[':status', '200']], false) +
      window(7, 100_000) +
      window(0, 100_000) +
      data(7, '') +
      data(7, 'x', true) +
      reset(7, 0),
    headers(9, [[':status', '200']], false) + data(9, 'bytes') + reset(9, 8),
    reset(1, 7) + reset(3, 8) + goaway(5, 0) + frame(Type.ping, 0, 0, '12345678'),
    headers(1, [
      [':status', '304'],
      ['content-length', '9'],
      ['l5d-success-class', '0.5'],
    ]) + frame(Type.push, Flag.endHeaders, 1, '\0\0\0\x02'),
    frame(Type.headers, 0, 1, '\x88') +
      frame(Type.continuation, Flag.endHeaders, 1, '\x0f\x0d\x014') +
      frame(Type.data, Flag.padded, 1, '\x01body\0'),
    goaway(2 ** 31 - 1, 0) + settings([Setting.window, 0]) + settings([Setting.window, 5]),
  ].map((bytes) => `\x05${bytes}`),
};
