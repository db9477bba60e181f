import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOf, get, H2Peer, headers } from '#test/helpers/h2-peer.ts';
import { answerOn, ask, greeted, serveH2 } from '#test/helpers/h2-server.ts';
import { h2Connected } from '#test/helpers/h2-transport.ts';
import { reply } from '#test/helpers/http1-server.ts';
import { serverEnd } from '#test/helpers/tls-server.ts';
import { meshLimits, sessionLimits } from './codec.ts';
import { Setting, Type } from './frame.ts';

test('limits of a codec become limits of its sessions, header lists counting what HTTP/2 adds', () => {
  const limits = { line: 1, headers: 8192, gather: 2, streams: 3, window: 4 };
  assert.deepEqual(sessionLimits(limits), { streams: 3, window: 4, headerList: 16_384 });
});

test('between linkers no header is too large that was taken on the way in, be it of the smallest lines', () => {
  const limits = { line: 1, headers: 8192, gather: 2, streams: 3, window: 4 };
  const lines = limits.headers / 'a:\r\n'.length;
  assert.ok(meshLimits(limits).headerList >= lines * (1 + 32) + 1000);
});

test('a server tells its limits', async () => {
  using server = await serveH2(() => {}, { limits: { streams: 3, window: 70_000, headers: 500 } });
  const peer = await H2Peer.connect(server.port);
  const [hello] = await greeted(peer);
  const told = new Map<number, number>();
  for (let at = 0; at < (hello?.payload.length ?? 0); at += 6)
    told.set(hello?.payload.readUInt16BE(at) ?? 0, hello?.payload.readUInt32BE(at + 2) ?? 0);
  assert.deepEqual(
    [Setting.maxStreams, Setting.window, Setting.maxList].map((id) => told.get(id)),
    [3, 70_000, 1000],
  );
  peer.close();
});

test('both sides put HTTP/2 into Via', async () => {
  let via = '';
  const { heads } = await ask((x) => {
    via = x.via;
    reply(x);
  });
  assert.equal(via, 'h2 linkerd');
  assert.deepEqual(heads[0]?.[1], ['via', 'h2 linkerd']);
});

test('over TLS a caller gets HTTP/2 by ALPN', async () => {
  using server = await serveH2((x) => reply(x, `encrypted: ${x.downstream.caller.encrypted}`), {
    tls: serverEnd(['h2']),
  });
  using caller = await H2Peer.connect(server.port, undefined, { rejectUnauthorized: false });
  caller.send(headers(1, get('web')));
  await greeted(caller);
  assert.equal((await answerOn(caller)).body, 'encrypted: true');
});

test('a port that is taken is an error', async () => {
  using server = await serveH2();
  await assert.rejects(
    serveH2(() => {}, { port: server.port }),
    /EADDRINUSE/,
  );
});

test('a client asks by prior knowledge in the clear', async () => {
  await using one = await h2Connected();
  one.send();
  const peer = await one.peer();
  assert.equal((await peer.until(Type.headers)).stream, 1);
  peer.send(headers(2, [[':status', '200']]));
  assert.equal(codeOf(await peer.until(Type.goaway)), 1);
});
