import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestFields, responseFields } from './fields.ts';
import { passedOn } from './trailers.ts';

test('trailers go on in their order, as they came', () => {
  const trailers = 'X-Sum:  1 \r\ngrpc-status: 0\r\nX-Sum: 2\r\n';
  assert.equal(passedOn(trailers, requestFields, ''), trailers);
  assert.equal(passedOn('', requestFields, ''), '');
});

for (const name of [
  'Content-Length',
  'TRANSFER-ENCODING',
  'host',
  'Connection',
  'Via',
  'Upgrade',
  'Proxy-Authorization',
  'x-forwarded-client-cert',
  'l5d-dtab',
  'L5D-CTX-TRACE',
  'l5d-anything',
]) {
  test(`${name} does not go on behind the body of a request`, () => {
    assert.equal(passedOn(`A: 1\r\n${name}: 5\r\nB: 2\r\n`, requestFields, ''), 'A: 1\r\nB: 2\r\n');
  });
}

for (const name of ['Content-Length', 'transfer-encoding', 'l5d-err', 'l5d-success-class', 'finagle-http-nack']) {
  test(`${name} does not go on behind the body of a response`, () => {
    assert.equal(passedOn(`${name}: 5\r\nB: 2\r\n`, responseFields, ''), 'B: 2\r\n');
  });
}

test('what Connection lists ends here, and nothing whose name is a part of it', () => {
  const trailers = 'X-Hop: 1\r\nhop: 2\r\nX-Hop-2: 3\r\n';
  assert.equal(passedOn(trailers, requestFields, 'x-hop,other,'), 'hop: 2\r\nX-Hop-2: 3\r\n');
});
