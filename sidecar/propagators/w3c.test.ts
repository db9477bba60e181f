import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeTraceparent } from '#core/telemetry/traceparent.ts';
import { propagated } from '#test/helpers/propagated.ts';

const kind = 'io.heddle.w3c';

test('traceparent goes on with our span, tracestate as it came, and no header of Linkerd', () => {
  const { span, lines, outgoing, ctxTrace } = propagated(kind, (head) => {
    head.traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    head.lines += 'tracestate: a=1\r\n';
  });
  assert.equal(outgoing, `traceparent: ${writeTraceparent(span)}\r\n`);
  assert.match(outgoing, /^traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01\r\n$/);
  assert.match(lines, /tracestate: a=1/);
  assert.equal(ctxTrace, false);
});

test('a trace that begins here has 128 bits, and is not told while nobody has decided about it', () => {
  const { span, outgoing } = propagated(kind);
  assert.ok(span.high);
  assert.equal(outgoing, '');
});
