import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hexId } from '#core/telemetry/hex-id.ts';
import { propagated } from '#test/helpers/propagated.ts';

const kind = 'io.l5d.zipkin';
const b3 = (more = '') => `X-B3-TraceId: 00000000000000F1\r\nx-b3-spanid: 00000000000000f2\r\n${more}`;

test('linkerd1: B3 propagator reads and writes the headers of Zipkin instead of those of Linkerd', () => {
  const { span, lines, outgoing, ctxTrace } = propagated(kind, (head) => {
    head.lines += `${b3('x-b3-parentspanid: 00000000000000f3\r\nx-b3-sampled: 1\r\n')}X-A: 1\r\n`;
  });
  assert.equal(lines, 'Host: web\r\nX-A: 1\r\n', 'what came is taken out');
  assert.equal(
    outgoing,
    `x-b3-traceid: 00000000000000f1\r\nx-b3-spanid: ${hexId(span.spanHi, span.spanLo)}\r\nx-b3-parentspanid: 00000000000000f2\r\nx-b3-sampled: 1\r\nx-b3-flags: 0\r\n`,
  );
  assert.equal(ctxTrace, false);
});

test('of a trace id of 128 bits the lower half is taken', () => {
  const { outgoing } = propagated(kind, (head) => {
    head.lines += 'x-b3-traceid: 000000000000000100000000000000f1\r\nx-b3-spanid: f2\r\nx-b3-sampled: false\r\n';
  });
  assert.match(outgoing, /^x-b3-traceid: 00000000000000f1\r\n[\s\S]*sampled: 0/);
});

test('the debug flag samples', () => {
  const { incoming, outgoing } = propagated(kind, (head) => {
    head.lines += b3('x-b3-flags: 1\r\n');
  });
  assert.equal(incoming?.sampled, true);
  assert.match(outgoing, /sampled: 1\r\nx-b3-flags: 1/);
});

test('without B3 a trace begins, whatever Linkerd and W3C headers say; those of W3C go on', () => {
  const { incoming, lines, outgoing } = propagated(kind, (head) => {
    head.ctxTrace = 'AAAA';
    head.traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  });
  assert.equal(incoming, undefined);
  assert.match(lines, /\r\ntraceparent: 00-4bf9/);
  assert.match(outgoing, /sampled: 0/);
});
