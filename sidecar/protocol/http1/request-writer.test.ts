import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CallOptions, call } from '#test/helpers/exchanges.ts';
import { RequestWriter } from './request-writer.ts';

function writer(options: CallOptions) {
  const { x, caller } = call({ method: 'PUT', ...options });
  const out = { text: '' };
  const text = (bytes: string): void => {
    out.text += bytes;
  };
  const made = new RequestWriter({ text, write: (bytes, from, to) => text(bytes.latin1Slice(from, to)) });
  made.begin(x);
  return { made, caller, out, body: () => out.text.slice(out.text.indexOf('\r\n\r\n') + 4) };
}

test('a request without a body, or with all of it, goes out at once', () => {
  const none = writer({});
  assert.deepEqual([none.made.finished, none.body(), none.caller.flows], [true, '', 0]);
  const whole = writer({ body: 'hello' });
  assert.deepEqual([whole.made.finished, whole.body(), whole.caller.flows], [true, 'hello', 0]);
});

test('a body of known length flows as it is', () => {
  const { made, caller, body } = writer({ streamed: 5 });
  assert.deepEqual([made.finished, caller.flows], [false, 1]);
  made.write(Buffer.from('<hello>'), 1, 6);
  made.finish('');
  assert.deepEqual([made.finished, body()], [true, 'hello']);
});

test('a body of unknown length flows in chunks, with its trailers', () => {
  const { made, body } = writer({ streamed: -1 });
  made.write(Buffer.from('hello'), 0, 5);
  made.write(Buffer.from('hello'), 5, 5);
  made.finish('X-Sum: 1\r\n');
  assert.equal(body(), '5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n');
});

test('behind a switch of protocols bytes go out as they are', () => {
  const { made, body } = writer({ streamed: -1 });
  made.switchOver();
  assert.equal(made.finished, false);
  made.write(Buffer.from('hello'), 0, 5);
  assert.equal(body(), 'hello');
});
