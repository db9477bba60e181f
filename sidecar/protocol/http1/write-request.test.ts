import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TraceId, writeTrace } from '#core/telemetry/trace.ts';
import { type CallOptions, call } from '#test/helpers/exchanges.ts';
import type { Exchange } from '../../router/exchange.ts';
import { requestText } from './write-request.ts';

function written(options: CallOptions, edit: (x: Exchange) => void = () => {}): string {
  const { x } = call(options);
  edit(x);
  return requestText(x);
}

for (const [what, options, framing] of [
  ['no body', {}, 'content-length: 0\r\n'],
  ['a chunked body', { streamed: -1 }, 'transfer-encoding: chunked\r\n'],
  ['a streamed body', { streamed: 5000 }, 'Content-Length: 5000\r\n'],
  ['a gathered body', { body: 'hello' }, 'Content-Length: 5\r\nfinagle-http-retryable-request: \r\n'],
] as const) {
  test(`a request with ${what} is framed by ${JSON.stringify(framing)}`, () => {
    assert.equal(
      written({ method: 'PUT', uri: '/a?b', lines: 'X-A:  1\r\n', ...options }),
      `PUT /a?b HTTP/1.1\r\nHost: web\r\nX-A:  1\r\nVia: 1.1 linkerd\r\n${framing}\r\n`,
    );
  });
}

test('HTTP/1.0 goes on as HTTP/1.0', () => {
  const text = written({ minor: 0 }, (x) => {
    x.via = '1.0 linkerd';
  });
  assert.match(text, /^GET \/ HTTP\/1\.0\r\n[\s\S]*\r\nVia: 1\.0 linkerd\r\n/);
});

test('an empty Host goes on as it came, and alone', () => {
  const text = written({ host: '' });
  assert.equal(text.match(/^host:/gim)?.length, 1, text);
});

test('a request without Host gets an empty one in HTTP/1.1, and none in HTTP/1.0', () => {
  const none = (x: Exchange) => {
    x.request.host = '';
    x.request.lines = '';
  };
  assert.match(written({}, none), /^GET \/ HTTP\/1\.1\r\nHost: \r\n/);
  assert.doesNotMatch(written({ minor: 0 }, none), /Host/);
});

test('it is added to Via', () => {
  const text = written({}, (x) => {
    x.request.via = '1.1 a, 1.0 b';
  });
  assert.match(text, /\r\nVia: 1\.1 a, 1\.0 b, 1\.1 linkerd\r\n/);
});

test('what the mesh adds comes behind the fields of the caller: context, deadline and trace of the attempt', () => {
  const trace = new TraceId([0, 1], [0, 2], [0, 3]);
  const text = written({ lines: 'A: 1\r\n' }, (x) => {
    x.context = 'l5d-reqid: 1\r\n';
    x.attemptDeadline = '1 2';
    x.attemptTrace = trace;
  });
  assert.ok(
    text.endsWith(`l5d-reqid: 1\r\nl5d-ctx-deadline: 1 2\r\nl5d-ctx-trace: ${writeTrace(trace)}\r\n\r\n`),
    text,
  );
});

test('a change of protocol that the caller asked for is asked for', () => {
  const text = written({}, (x) => {
    x.request.protocol = 'websocket';
  });
  assert.match(text, /\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n/);
  assert.doesNotMatch(text, /content-length/i);
});
