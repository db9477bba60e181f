import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TraceId, writeTrace } from '#core/telemetry/trace.ts';
import type { Tracer } from '#core/telemetry/tracer.ts';
import { call } from '#test/helpers/exchanges.ts';
import { propagatorKinds } from '../propagators/kinds.ts';
import { clientTrace, serverTrace } from './tracing.ts';

/** Numbers in [0, 1) that never repeat. */
function counter(): () => number {
  let n = 0;
  return () => {
    n += 1;
    return (n % 1000) / 1000;
  };
}

function served(request: { readonly ctxTrace?: string; readonly sample?: string }, random = counter()): TraceId {
  const { x } = call();
  Object.assign(x.request, request);
  serverTrace(propagator, random, undefined).request?.(x);
  assert.ok(x.trace);
  return x.trace;
}

const propagator = propagatorKinds.make({ kind: 'io.l5d.default' }, undefined);
const incoming = new TraceId([0, 1], [0, 2], [0, 3], [0, 6]);

describe('the server span', () => {
  test('is a child of the incoming one, with its flags', () => {
    const trace = served({ ctxTrace: writeTrace(incoming) });
    assert.deepEqual([trace.parentHi, trace.parentLo], [0, 1]);
    assert.deepEqual([trace.traceHi, trace.traceLo], [0, 3]);
    assert.notDeepEqual([trace.spanHi, trace.spanLo], [0, 1]);
    assert.equal(trace.flagsLo, 6);
  });

  for (const ctxTrace of ['', 'nonsense', 'AAAA']) {
    test(`is a new root where the incoming one is ${JSON.stringify(ctxTrace)}`, () => {
      const trace = served({ ctxTrace });
      assert.deepEqual([trace.spanHi, trace.spanLo], [trace.traceHi, trace.traceLo]);
      assert.equal(trace.sampled, false);
    });
  }

  test('is sampled as l5d-sample asks, whatever the caller decided', () => {
    assert.equal(served({ sample: '1' }).sampled, true);
    assert.equal(served({ sample: '0', ctxTrace: writeTrace(incoming) }).sampled, false);
    assert.equal(served({ sample: 'x', ctxTrace: writeTrace(incoming) }).sampled, true, 'ignored: it stays sampled');
  });

  test('is sampled as the tracer says where nobody has decided, and only there', () => {
    const asked: TraceId[] = [];
    const tracer: Tracer = {
      samples: (id) => {
        asked.push(id);
        return true;
      },
      wants: () => true,
      record() {},
    };
    const filter = serverTrace(propagator, counter(), tracer);
    const { x } = call();
    filter.request?.(x);
    assert.deepEqual([x.trace?.sampled, asked.length], [true, 1]);
    const { x: decided } = call();
    decided.request.ctxTrace = writeTrace(new TraceId([0, 1], [0, 2], [0, 3], [0, 2]));
    filter.request?.(decided);
    assert.deepEqual([decided.trace?.sampled, asked.length], [false, 1]);
  });

  test('is sampled alike for every request of one trace', () => {
    const filter = serverTrace(propagator, counter(), undefined);
    const decisions = Array.from({ length: 20 }, () => {
      const { x } = call();
      x.request.ctxTrace = writeTrace(incoming);
      x.request.sample = '0.5';
      filter.request?.(x);
      return x.trace?.sampled;
    });
    assert.equal(new Set(decisions).size, 1);
  });
});

describe('the client span', () => {
  test('is another child of the server span for each attempt', () => {
    const { x } = call();
    const filter = clientTrace(counter());
    x.trace = incoming;
    const spans = [1, 2].map(() => {
      filter.request?.(x);
      return x.span;
    });
    for (const span of spans) assert.deepEqual([span?.parentLo, span?.traceLo], [1, 3]);
    assert.notEqual(spans[0]?.spanLo, spans[1]?.spanLo);
  });

  test('is the server span itself, a root, for the first attempt where clearContext ends the trace of the caller', () => {
    const { x } = call();
    const random = counter();
    serverTrace(propagator, random, undefined, true).request?.(x);
    const client = clientTrace(random);
    client.request?.(x);
    assert.equal(x.span, x.trace);
    x.retries = 1;
    client.request?.(x);
    assert.deepEqual([x.span?.parentLo, x.span?.traceLo], [x.trace?.spanLo, x.trace?.traceLo]);
    assert.notEqual(x.span?.spanLo, x.trace?.spanLo);
  });

  test('is none without a server span', () => {
    const { x } = call();
    clientTrace(counter()).request?.(x);
    assert.equal(x.span, undefined);
  });
});
