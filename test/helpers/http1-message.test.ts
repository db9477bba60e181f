import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteQueue, Malformed, StreamEnded } from './byte-queue.ts';
import { type Response, readResponse, value, values } from './http1-message.ts';

function read(text: string, method = 'GET', end: 'fin' | 'reset' | undefined = undefined): Promise<Response> {
  const queue = new ByteQueue();
  queue.push(Buffer.from(text, 'latin1'));
  if (end !== undefined) queue.end(end);
  return readResponse(queue, method);
}

test('a response with a length', async () => {
  const response = await read('HTTP/1.1 200 Fine by me\r\nContent-Length: 2\r\nX-A:  b \r\n\r\nokNEXT');
  assert.equal(response.status, 200);
  assert.equal(response.reason, 'Fine by me');
  assert.equal(response.framing, 'length');
  assert.equal(response.body.toString(), 'ok');
  assert.equal(value(response, 'x-a'), 'b');
});

test('a chunked response keeps its chunks and trailers', async () => {
  const response = await read(
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\none\r\n3\r\ntwo\r\n0\r\nT: 1\r\n\r\n',
  );
  assert.deepEqual(response.chunks.map(String), ['one', 'two']);
  assert.deepEqual(response.trailers, [['T', '1']]);
});

test('a response without framing lasts until an orderly end', async () => {
  assert.equal((await read('HTTP/1.0 200 OK\r\n\r\nall', 'GET', 'fin')).body.toString(), 'all');
  await assert.rejects(read('HTTP/1.0 200 OK\r\n\r\nall', 'GET', 'reset'), StreamEnded);
});

test('responses to HEAD, 204 and 304 have no body whatever their fields say', async () => {
  assert.equal((await read('HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n', 'HEAD')).framing, 'none');
  assert.equal((await read('HTTP/1.1 304 Not Modified\r\nContent-Length: 20\r\n\r\n')).framing, 'none');
  assert.equal((await read('HTTP/1.1 204 No Content\r\n\r\n')).framing, 'none');
});

test('interim responses are kept apart from the final one', async () => {
  const response = await read(
    'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  );
  assert.deepEqual(
    response.interim.map((r) => [r.status, value(r, 'link')]),
    [[103, '</a>']],
  );
  assert.equal(response.status, 200);
});

test('values gives repeated headers in order, value refuses them', async () => {
  const response = await read('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nSet-Cookie: a\r\nset-cookie: b\r\n\r\n');
  assert.deepEqual(values(response, 'set-cookie'), ['a', 'b']);
  assert.throws(() => value(response, 'set-cookie'), Malformed);
});

const malformed = {
  'a length and chunked': 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
  'two lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx',
  'a length that is no number': 'HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx',
  'a coding that is not chunked': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n',
  'a folded line': 'HTTP/1.1 200 OK\r\nX-A: 1\r\n 2\r\nContent-Length: 0\r\n\r\n',
  'a blank before the colon': 'HTTP/1.1 200 OK\r\nX-A : 1\r\nContent-Length: 0\r\n\r\n',
  'a NUL in a value': 'HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 0\r\n\r\n',
  'bare line feeds': 'HTTP/1.1 200 OK\nContent-Length: 0\n\n',
  'a status of two digits': 'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n',
  'no blank after the status': 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n',
  'HTTP/2.0': 'HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n',
  '204 with a length': 'HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n',
  'a chunk size with a sign': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n',
  'a chunk longer than its size': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n',
};

for (const [what, text] of Object.entries(malformed)) {
  test(`${what} is malformed`, () => assert.rejects(read(text), Malformed));
}
