import assert from 'node:assert/strict';
import { constants } from 'node:http2';
import { after, before, test } from 'node:test';
import { Type } from '#sidecar/protocol/h2/frame.ts';
import { freePort } from '#test/helpers/free-port.ts';
import { goaway, H2PeerServer, headers, reset, settings } from '#test/helpers/h2-peer.ts';
import type { Linker } from '#test/helpers/linker.ts';
import { within } from '#test/helpers/within.ts';
import { answerOf, Client, Origin, startRouter } from './fixture.ts';

// What a gRPC client sees of failures of the linker itself, and of origins that give its calls back.

let linker: Linker;
before(async () => {
  linker = await startRouter();
});
after(() => linker.close());

const call = (authority: string, more: Readonly<Record<string, string>> = {}) => ({
  ...{ ':method': 'POST', ':path': '/pkg.Service/Method', ':authority': authority },
  ...{ 'content-type': 'application/grpc', te: 'trailers' },
  ...more,
});

test('an origin that cannot be reached is UNAVAILABLE, in trailers alone', async () => {
  using client = await Client.connect(linker.port);
  const { status, headers, body, trailers, code } = await client.request(call(`127.0.0.1:${await freePort()}`), 'x');
  assert.deepEqual([status, headers['grpc-status'], headers['content-type']], [200, '14', 'application/grpc']);
  assert.match(String(headers['grpc-message']), /Unable to establish connection/);
  assert.deepEqual([body.length, trailers, code], [0, undefined, 0]);
});

test('a name that cannot be told is INVALID_ARGUMENT, and no reset', async () => {
  using client = await Client.connect(linker.port);
  const { status, headers, code } = await client.request(call(''));
  assert.deepEqual([status, headers['grpc-status'], code], [200, '3', 0]);
});

test('when its deadline is over the call ends with DEADLINE_EXCEEDED, and the origin is told to stop', async () => {
  let stopped: (code: number) => void = () => {};
  const reset = new Promise<number>((resolve) => {
    stopped = resolve;
  });
  await using origin = await Origin.start((stream) => stream.once('close', () => stopped(stream.rstCode ?? 0)));
  using client = await Client.connect(linker.port);
  const answer = await client.request(call(origin.authority, { 'grpc-timeout': '150m' }), 'x');
  assert.deepEqual([answer.status, answer.headers['grpc-status']], [200, '4']);
  assert.equal(await within(5000, reset, () => 'the reset'), constants.NGHTTP2_CANCEL);
});

test('a stream of messages is cut off at its deadline too', async () => {
  await using origin = await Origin.start((stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
    stream.write('message');
  });
  using client = await Client.connect(linker.port);
  const { status, body, code } = await client.request(call(origin.authority, { 'grpc-timeout': '150m' }), 'x');
  assert.deepEqual([status, body.toString(), code], [200, 'message', constants.NGHTTP2_CANCEL]);
});

test('a call behind the last one that a GOAWAY speaks of is made on another connection', async () => {
  let connections = 0;
  await using origin = await H2PeerServer.start(async (peer) => {
    const first = ++connections === 1;
    const { stream } = await peer.until(Type.headers);
    if (first) peer.send(goaway(0, 0));
    else
      peer.send(
        headers(stream, [
          [':status', '200'],
          ['grpc-status', '0'],
        ]),
      );
  }, settings());
  using client = await Client.connect(linker.port);
  const { status, headers: head } = await client.request(call(origin.authority), 'message');
  assert.deepEqual([status, head['grpc-status'], connections], [200, '0', 2]);
});

test('what the origin itself says with a reset is passed on as one', async () => {
  await using origin = await H2PeerServer.start(async (peer) => {
    const { stream } = await peer.until(Type.headers);
    peer.send(reset(stream, constants.NGHTTP2_ENHANCE_YOUR_CALM));
  }, settings());
  using client = await Client.connect(linker.port);
  const stream = client.session.request(call(origin.authority));
  stream.end('message');
  const { status, code } = await answerOf(stream);
  assert.deepEqual([status, code], [0, constants.NGHTTP2_ENHANCE_YOUR_CALM]);
});
