import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { Counter } from '#core/telemetry/metrics.ts';
import { eventually } from '#test/helpers/within.ts';
import { MeshError } from '../router/errors.ts';
import type { Exchange } from '../router/exchange.ts';
import { RequestHead } from '../router/request-head.ts';
import { ResponseHead } from '../router/response-head.ts';
import { Acceptor } from './accepting.ts';
import type { ListenParts } from './codec.ts';
import { TunnelConnection } from './tunnel-connection.ts';

/** A listening server of tunnels whose other side the test plays, and one caller. */
async function bed(t: TestContext, said = '') {
  const sent: Exchange[] = [];
  const clock = new ManualClock();
  const parts: ListenParts = {
    ...{ ip: '127.0.0.1', port: 0, tls: undefined, errorBytes: 0, clearContext: false, native: undefined, clock },
    limits: { line: 0, headers: 0, gather: 0, streams: 0, window: 0 },
    service: { send: (x) => void sent.push(x) },
    counts: { connects: new Counter(), closes: new Counter(), open: 0, received: 0, sent: 0 },
    refused() {},
    idleMs: 1000,
  };
  const acceptor: Acceptor = new Acceptor(parts, (caller) => {
    const head = new RequestHead();
    head.method = 'CONNECT';
    return new TunnelConnection(parts, caller, head, (gone) => acceptor.forget(gone));
  });
  await acceptor.listen();
  t.after(() => acceptor.close());
  const caller = connect({ host: '127.0.0.1', port: acceptor.port, allowHalfOpen: true });
  t.after(() => caller.destroy());
  const seen = { text: '', end: '' };
  caller.on('data', (bytes: Buffer) => (seen.text += bytes.toString('latin1')));
  caller.once('end', () => (seen.end ||= 'fin'));
  caller.once('error', (error: NodeJS.ErrnoException) => (seen.end ||= error.code ?? ''));
  if (said !== '') caller.write(said);
  const x = await eventually(() => sent[0], 'the exchange is sent off');
  return { x, caller, seen, clock, parts, acceptor };
}

/** The tunnel stands; gives what comes through it. */
function stand(x: Exchange) {
  const got = { text: '', ended: false, paused: false };
  x.upstream = {
    write(bytes, from, to) {
      got.text += bytes.toString('latin1', from, to);
    },
    finish() {
      got.ended = true;
    },
    pause() {
      got.paused = true;
    },
    resume() {
      got.paused = false;
    },
  };
  x.switched = true;
  const head = new ResponseHead();
  head.status = 200;
  x.head(head);
  x.downstream.respond(x, -1, undefined);
  x.downstream.flow(x);
  return got;
}

function say(x: Exchange, text: string): void {
  x.downstream.write(Buffer.from(text, 'latin1'), 0, text.length);
}

const until = (check: () => boolean, what: string) => eventually(() => check() || undefined, what);

/** The socket has no more to give. */
const closed = (socket: Socket) => until(() => socket.destroyed, 'the caller is closed');

test('the exchange is sent off before the caller has said anything, and the origin may speak first', async (t) => {
  const { x, seen } = await bed(t);
  stand(x);
  say(x, '220 ready');
  await until(() => seen.text === '220 ready', 'the greeting is there');
});

test('what the caller said before the tunnel stood comes through it, with its end behind', async (t) => {
  const { x, caller } = await bed(t, 'early ');
  caller.end('words');
  await new Promise((resolve) => setTimeout(resolve, 50));
  const got = stand(x);
  await until(() => got.ended, 'the end is through');
  assert.equal(got.text, 'early words');
});

test('a caller that sends without end before the tunnel stands is stopped', async (t) => {
  const { parts, caller } = await bed(t, 'x');
  caller.write(Buffer.alloc(20_000_000));
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.ok(parts.counts.received < 1_000_000, `${parts.counts.received} bytes were taken`);
});

test('both ends pass one by one, and what was carried is counted', async (t) => {
  const { x, caller, seen, parts } = await bed(t, 'hello');
  const got = stand(x);
  await until(() => got.text === 'hello', 'the words are through');
  caller.end();
  await until(() => got.ended, 'the end is through');
  say(x, 'answer');
  x.downstream.finish('');
  x.end();
  await closed(caller);
  assert.deepEqual(seen, { text: 'answer', end: 'fin' });
  await until(() => parts.counts.open === 0, 'it is counted out');
  assert.deepEqual([x.carriedUp, x.carriedDown], [5, 6]);
  assert.deepEqual([parts.counts.open, parts.counts.closes.value, x.error], [0, 1, undefined]);
});

test('a tunnel that cannot be had, or breaks, is a reset, without a byte of what failed', async (t) => {
  for (const stands of [false, true]) {
    const { x, caller, seen } = await bed(t);
    if (stands) stand(x);
    else say(x, 'HTTP text');
    x.fail(new MeshError('reset', 'broken'));
    await closed(caller);
    assert.deepEqual(seen, { text: '', end: 'ECONNRESET' });
  }
});

test('a caller that goes away takes the exchange with it', async (t) => {
  const { x, caller } = await bed(t);
  let cancelled = 0;
  x.waiting = { cancel: () => (cancelled += 1) };
  caller.resetAndDestroy();
  await until(() => cancelled === 1, 'it is cancelled');
  assert.deepEqual([x.error?.kind, x.over], ['abandoned', true]);
});

test('one that carries nothing for too long is reset', async (t) => {
  const { x, caller, seen, clock } = await bed(t);
  stand(x);
  clock.advance(999);
  assert.equal(x.over, false);
  clock.advance(1);
  await closed(caller);
  assert.deepEqual([seen.end, x.error?.message], ['ECONNRESET', 'nothing carried for 1000 ms']);
});

test('the origin is stopped while the caller does not read, and goes on when it does', async (t) => {
  const { x, caller, seen } = await bed(t);
  const got = stand(x);
  caller.pause();
  const bytes = Buffer.alloc(100_000, 'x');
  let wrote = 0;
  for (; !got.paused && wrote < 100_000_000; wrote += bytes.length) x.downstream.write(bytes, 0, bytes.length);
  assert.ok(got.paused, 'it was stopped');
  caller.resume();
  await until(() => !got.paused && seen.text.length === wrote, 'all is there');
});

test('draining waits for the tunnels there are', async (t) => {
  const { x, caller, acceptor } = await bed(t);
  stand(x);
  let drained = false;
  const draining = acceptor.drain().then(() => (drained = true));
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(drained, false);
  caller.end();
  x.downstream.finish('');
  x.end();
  await draining;
});
