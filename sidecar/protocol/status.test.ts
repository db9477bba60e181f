import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call } from '#test/helpers/exchanges.ts';
import { reply, serve } from '#test/helpers/http1-server.ts';
import { exchange } from '#test/helpers/raw-client.ts';
import { statusTransport } from './status.ts';

test('a status is answered in the process, without a body', () => {
  const { x, caller } = call();
  statusTransport(404).send(x);
  assert.deepEqual(caller.ends, [404]);
  assert.deepEqual([x.response?.reason, x.address], ['Not Found', '404']);
  assert.equal(caller.responses.length, 1);
});

test('what is no status of an answer fails', () => {
  for (const status of [100, 101, 103, 199]) {
    const { x, caller } = call();
    statusTransport(status).send(x);
    assert.deepEqual(caller.ends, ['badResponse'], String(status));
  }
});

for (const [status, lines] of [
  [200, 'Content-Length: 0'],
  [503, 'Content-Length: 0'],
  [999, 'Content-Length: 0'],
  [204, ''],
] as const) {
  test(`${status} is a whole response to a caller, and the connection goes on`, async () => {
    using server = await serve((x) => statusTransport(status).send(x));
    const response = await exchange(server.port, 'GET / HTTP/1.1\r\n\r\n');
    assert.equal(response.status, status);
    const framing = response.headers.filter(([name]) => name !== 'Via').map((pair) => pair.join(': '));
    assert.deepEqual(framing, lines === '' ? [] : [lines]);
  });
}

test('a stage that keeps the response may send again elsewhere', async () => {
  const { x, caller } = call();
  let kept = 0;
  x.enter({
    head: () => false,
    end(seen) {
      kept += 1;
      reply(seen, 'again');
      return false;
    },
  });
  statusTransport(503).send(x);
  assert.deepEqual([kept, caller.body, caller.ends], [1, 'again', [200]]);
});
