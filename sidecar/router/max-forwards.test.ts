import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call } from '#test/helpers/exchanges.ts';
import { maxForwards } from './max-forwards.ts';

/** What becomes of a request: the Max-Forwards it goes on with ('none' without one), or the answer. */
function outcome(method: string, value: string | undefined): string {
  const { x, caller } = call({
    method,
    lines: value === undefined ? 'X-A: 1\r\n' : `max-forwards: ${value}\r\nX-A: 1\r\n`,
  });
  let on: string | undefined;
  maxForwards({
    send() {
      assert.equal(x.request.get('x-a'), '1', 'everything else goes on');
      on = x.request.get('max-forwards') ?? 'none';
    },
  }).send(x);
  return on ?? `${caller.responses[0]?.status} ${caller.body}`;
}

test('TRACE and OPTIONS go on with one less', () => {
  for (const method of ['TRACE', 'OPTIONS']) {
    assert.equal(outcome(method, '5'), '4');
    assert.equal(outcome(method, '1'), '0');
    assert.equal(outcome(method, undefined), 'none');
  }
});

test('at 0 they are answered here', () => {
  assert.equal(outcome('TRACE', '0'), '200 ');
});

test('what is no number is refused', () => {
  for (const bad of ['x', '-1', '1.5', '1e3', '9999999999']) {
    assert.equal(outcome('TRACE', bad), '400 Invalid value for Max-Forwards header');
  }
});

test('for other methods it means nothing', () => {
  for (const value of ['0', 'x', '5']) assert.equal(outcome('GET', value), value);
});
