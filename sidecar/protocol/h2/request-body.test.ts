import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call } from '#test/helpers/exchanges.ts';
import type { Exchange, Upstream } from '../../router/exchange.ts';
import { RequestBody } from './request-body.ts';

class Taker implements Upstream {
  taken = '';
  ended: string | undefined;
  write(bytes: Buffer, from: number, to: number): void {
    this.taken += bytes.toString('latin1', from, to);
  }
  finish(trailers: string): void {
    this.ended = trailers;
  }
  pause(): void {}
  resume(): void {}
}

function streamed(keepBytes: number): { readonly x: Exchange; readonly body: RequestBody; attempt(): Taker } {
  const { x } = call({ streamed: -1 });
  x.keepBytes = keepBytes;
  const body = new RequestBody(x);
  return {
    ...{ x, body },
    attempt() {
      const taker = new Taker();
      x.upstream = taker;
      body.flow();
      return taker;
    },
  };
}

/** Writes a text whose bytes are spoilt at once. */
function write(body: RequestBody, text: string): boolean {
  const bytes = Buffer.from(`#${text}#`, 'latin1');
  const taken = body.write(bytes, 1, bytes.length - 1);
  bytes.fill(0);
  return taken;
}

test('a body is held until it is taken, and then passes', () => {
  const { body, attempt } = streamed(0);
  assert.equal(write(body, 'one '), false);
  const taker = attempt();
  assert.equal(write(body, 'two'), true);
  body.finish('x: 1\r\n');
  assert.deepEqual([taker.taken, taker.ended], ['one two', 'x: 1\r\n']);
});

test('another attempt has it from the beginning, what came between the two included', () => {
  const { x, body, attempt } = streamed(20);
  const first = attempt();
  write(body, 'one ');
  x.upstream = undefined; // the first has failed
  assert.equal(write(body, 'two '), false);
  const second = attempt();
  write(body, 'three');
  body.finish('');
  assert.deepEqual([first.taken, second.taken, second.ended], ['one ', 'one two three', '']);
  const third = attempt();
  assert.deepEqual([third.taken, third.ended], ['one two three', '']);
});

test('one longer than is kept can be sent only once', () => {
  const { x, body, attempt } = streamed(5);
  const taker = attempt();
  write(body, '12345');
  assert.equal(x.replayable, true);
  write(body, '6');
  assert.equal(x.replayable, false);
  assert.equal(taker.taken, '123456');
});

test('one that is longer before it is taken passes in full, once', () => {
  const { x, body, attempt } = streamed(5);
  write(body, '1234');
  write(body, '5678');
  assert.equal(attempt().taken, '12345678');
  assert.equal(x.replayable, false);
});

test('once it is answered nothing is kept, but what nobody has taken yet', () => {
  const { x, body, attempt } = streamed(20);
  write(body, 'early');
  body.settle();
  assert.equal(x.replayable, false);
  assert.equal(attempt().taken, 'early');
});

test('a gathered body is taken in one piece', () => {
  const { body } = streamed(0);
  write(body, 'one ');
  write(body, 'two');
  assert.equal(body.whole().toString(), 'one two');
  assert.equal(body.whole().length, 0);
});
