import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aSpan } from '#test/helpers/a-span.ts';
import type { Span } from './span.ts';
import { rootTrace } from './trace.ts';
import { allTracers, type Tracer } from './tracer.ts';

const id = rootTrace(Math.random);
const span = aSpan({ id });

function tracer(samples: boolean | undefined, wants = true): Tracer & { readonly got: Span[] } {
  const got: Span[] = [];
  return { got, samples: () => samples, wants: () => wants, record: (one) => void got.push(one) };
}

test('no tracer is none, and one is itself', () => {
  const one = tracer(true);
  assert.equal(allTracers([]), undefined);
  assert.equal(allTracers([one]), one);
});

test('a trace is sampled where one says so, and open where none says anything', () => {
  const of = (...said: (boolean | undefined)[]) => allTracers(said.map((one) => tracer(one)))?.samples(id);
  assert.deepEqual(
    [of(false, true), of(true, false), of(undefined, false), of(undefined, undefined)],
    [true, true, false, undefined],
  );
});

test('each gets the spans it wants', () => {
  const [yes, no] = [tracer(true), tracer(true, false)];
  const all = allTracers([no, yes]);
  assert.equal(all?.wants(id), true);
  all?.record(span);
  assert.deepEqual([yes.got, no.got], [[span], []]);
});
