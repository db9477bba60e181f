import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reqid, TraceId, writeTrace } from '#core/telemetry/trace.ts';
import { writeTraceparent } from '#core/telemetry/traceparent.ts';
import { propagated } from '#test/helpers/propagated.ts';

const kind = 'io.l5d.default';
const l5d = writeTrace(new TraceId([0, 0xaa], [0, 0xbb], [0, 0xcc], [0, 6]));
const own = '00-000000000000000000000000000000cc-00000000000000ee-01';
const other = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';

test('linkerd1: l5d-ctx-trace (base64 32/40 bytes) is read and written, and l5d-reqid is its trace', () => {
  const { incoming, span, outgoing, ctxTrace } = propagated(kind, (head) => {
    head.ctxTrace = l5d;
  });
  assert.deepEqual([incoming?.spanLo, span.parentLo, span.traceLo, span.flagsLo], [0xaa, 0xaa, 0xcc, 6]);
  assert.equal(outgoing, `l5d-reqid: ${reqid(span)}\r\n`);
  assert.equal(ctxTrace, true);
});

test('a traceparent is taken up where nothing else names a trace, and goes on with our span', () => {
  const { incoming, span, outgoing } = propagated(kind, (head) => {
    head.traceparent = other;
  });
  assert.deepEqual([incoming?.decided, incoming?.sampled], [true, false]);
  assert.equal(outgoing, `l5d-reqid: a3ce929d0e0e4736\r\ntraceparent: ${writeTraceparent(span)}\r\n`);
  assert.match(outgoing, /traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-/);
});

test("the span that an application put below a linker's is the parent of ours", () => {
  const { incoming, outgoing, span } = propagated(kind, (head) => {
    head.ctxTrace = l5d;
    head.traceparent = own;
  });
  assert.equal(incoming?.spanLo, 0xee);
  assert.match(outgoing, new RegExp(writeTraceparent(span)));
});

test('a traceparent of another trace, or that is none, goes on as it came', () => {
  for (const traceparent of [other, 'nonsense']) {
    const { incoming, lines, outgoing } = propagated(kind, (head) => {
      head.ctxTrace = l5d;
      head.traceparent = traceparent;
    });
    assert.equal(incoming?.spanLo, 0xaa);
    assert.match(lines, new RegExp(`traceparent: ${traceparent}\r\n`));
    assert.doesNotMatch(outgoing, /traceparent/);
  }
});
