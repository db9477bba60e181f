import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteQueue, Malformed, StreamEnded } from './byte-queue.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

test('a line is given once its end has come, without the end', async () => {
  const queue = new ByteQueue();
  const line = queue.line();
  queue.push(bytes('ab'));
  queue.push(bytes('c\r'));
  queue.push(bytes('\nrest'));
  assert.equal(await line, 'abc');
  assert.equal(queue.unread.toString(), 'rest');
});

for (const bad of ['ab\n', 'a\rb\r\n', '\r\r\n']) {
  test(`the line ${JSON.stringify(bad)} is malformed`, async () => {
    const queue = new ByteQueue();
    queue.push(bytes(bad));
    await assert.rejects(queue.line(), Malformed);
  });
}

test('a line longer than its limit is malformed before it ends', async () => {
  const queue = new ByteQueue();
  queue.push(bytes('aaaa'));
  await assert.rejects(queue.line(3), Malformed);
});

test('take gives exactly as many bytes as asked for', async () => {
  const queue = new ByteQueue();
  queue.push(bytes('abc'));
  const five = queue.take(5);
  queue.push(bytes('defg'));
  assert.equal((await five).toString(), 'abcde');
  assert.equal((await queue.take(0)).length, 0);
  assert.equal((await queue.take(2)).toString(), 'fg');
});

test('rest gives all bytes up to an orderly end', async () => {
  const queue = new ByteQueue();
  queue.push(bytes('a'));
  const rest = queue.rest();
  queue.push(bytes('b'));
  queue.end('fin');
  assert.equal((await rest).toString(), 'ab');
});

test('an end before what was asked for is told, with how it ended', async () => {
  const queue = new ByteQueue();
  queue.push(bytes('abc'));
  queue.end('reset');
  await assert.rejects(
    queue.line(),
    (error) => error instanceof StreamEnded && error.how === 'reset' && /3 bytes unread/.test(error.message),
  );
  await assert.rejects(queue.rest(), StreamEnded);
});

test('hasMore tells an orderly end from a broken one', async () => {
  const ended = new ByteQueue();
  ended.end('fin');
  assert.equal(await ended.hasMore(), false);
  const broken = new ByteQueue();
  broken.end('reset');
  await assert.rejects(broken.hasMore(), StreamEnded);
  const filled = new ByteQueue();
  filled.push(bytes('x'));
  assert.equal(await filled.hasMore(), true);
});

test('taken gives what was read, byte for byte, once', async () => {
  const queue = new ByteQueue();
  queue.push(bytes('ab\r\ncdef'));
  await queue.line();
  await queue.take(2);
  assert.equal(queue.taken().toString(), 'ab\r\ncd');
  assert.equal(queue.taken().length, 0);
});
