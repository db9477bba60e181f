import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  childTrace,
  decide,
  inSample,
  readSampleRate,
  readTrace,
  reqid,
  rootTrace,
  rootTrace128,
  sameTrace,
  TraceId,
  writeTrace,
} from './trace.ts';

/** The layout written down once more, from the table: span, parent, trace, flags, upper half; 16 hex digits each. */
function wire(...words: readonly string[]): string {
  return Buffer.from(words.join(''), 'hex').toString('base64');
}
const hex = (text: string): string =>
  Buffer.from(text, 'base64')
    .toString('hex')
    .replace(/.{16}(?=.)/g, '$& ');

const [aa, bb, cc, ee, zero] = [
  '00000000000000aa',
  '00000000000000bb',
  '00000000000000cc',
  '00000000000000ee',
  '0'.repeat(16),
];

/** Numbers in [0, 1) in the given order, then the first again. */
function sequence(...numbers: readonly number[]): () => number {
  let next = 0;
  return () => numbers[next++ % numbers.length] ?? 0;
}

describe('l5d-ctx-trace', () => {
  test('is read word by word', () => {
    const id = readTrace(wire('0000000100000002', 'ffffffff00000003', '8000000000000004', '0000000000000006'));
    assert.deepEqual(
      { ...id },
      {
        ...{ spanHi: 1, spanLo: 2, parentHi: -1, parentLo: 3, traceHi: -0x8000_0000, traceLo: 4 },
        ...{ flagsHi: 0, flagsLo: 6, high: undefined },
      },
    );
  });

  test('comes back as it was, with 64 and with 128 bits', () => {
    const word = fc.uint8Array({ minLength: 8, maxLength: 8 }).map((b) => Buffer.from(b).toString('hex'));
    fc.assert(
      fc.property(fc.array(word, { minLength: 4, maxLength: 5 }), (words) => {
        const text = wire(...words);
        const id = readTrace(text);
        assert.ok(id);
        assert.equal(writeTrace(id), text);
        assert.equal(reqid(id), words[2]);
      }),
    );
  });

  test('of any other length or alphabet is ignored', () => {
    const good = wire(aa, bb, cc, zero);
    for (const text of [
      '',
      'x',
      good.slice(0, -1),
      `${good} `,
      good.replace('=', 'A'),
      good.replace('A', '-'),
      good.replace('A', '='),
      good.replace('A', 'é'),
      good.replace('A', '\u0141'),
      wire(aa, bb, cc),
      wire(aa, bb, cc, zero, ee, aa),
      wire(aa, bb, cc, zero, ee).replace('==', 'A='),
    ]) {
      assert.equal(readTrace(text), undefined, text);
    }
  });

  test('of any text never throws, and is read only if it is canonical but for its spare bits', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String({ minLength: 44, maxLength: 56 })), (text) => {
        const id = readTrace(text);
        if (id !== undefined) assert.equal(writeTrace(id).slice(0, 42), text.slice(0, 42));
      }),
    );
  });
});

describe('spans, as recorded from Linkerd', () => {
  const random = sequence(0.25, 0.5, 0.75, 0.125);

  test('without a caller’s context the server span is the root, so what goes out has parent = trace', () => {
    const server = rootTrace(random);
    const client = childTrace(server, random);
    assert.equal(hex(writeTrace(server)), '4000000080000000 4000000080000000 4000000080000000 0000000000000000');
    assert.equal(hex(writeTrace(client)), 'c000000020000000 4000000080000000 4000000080000000 0000000000000000');
    assert.equal(reqid(client), '4000000080000000');
  });

  test('a caller’s trace goes on below its span, with its flags and its upper half', () => {
    const caller = readTrace(wire(aa, bb, cc, '0000000000000007', ee));
    assert.ok(caller);
    const server = childTrace(caller, sequence(0, 17 / 2 ** 32));
    assert.equal(
      hex(writeTrace(server)),
      '0000000000000011 00000000000000aa 00000000000000cc 0000000000000007 00000000000000ee',
    );
    assert.equal(reqid(server), cc);
  });

  test('each attempt is a new child of one parent; writing one twice gives the same', () => {
    const server = rootTrace(Math.random);
    const first = childTrace(server, Math.random);
    const second = childTrace(server, Math.random);
    assert.notEqual(writeTrace(first), writeTrace(second));
    assert.equal(writeTrace(first), writeTrace(first));
    assert.equal(first.parentLo, second.parentLo);
  });

  test('ids use all their bits', () => {
    assert.equal(reqid(rootTrace(() => 1 - 2 ** -53)), 'ffffffffffffffff');
    assert.equal(reqid(rootTrace(() => 0)), zero);
  });
});

describe('l5d-sample', () => {
  const id = new TraceId([1, 2], [3, 4], [5, 6], [7, 0b1000]);

  test('sets the flags known and sampled, or known alone, and keeps the rest', () => {
    assert.equal(decide(id, true).flagsLo, 0b1110);
    assert.equal(decide(id, false).flagsLo, 0b1010);
    assert.equal(decide(decide(id, true), false).flagsLo, 0b1010);
    assert.deepEqual({ ...decide(id, true), flagsLo: id.flagsLo }, { ...id });
  });

  test('sampled means decided and yes, or debug', () => {
    const flagged = (flags: number): boolean => new TraceId([0, 0], [0, 0], [0, 0], [0, flags]).sampled;
    assert.deepEqual([0, 1, 2, 4, 6, 7].map(flagged), [false, true, false, false, true, true]);
  });

  test('a number is clamped to 0..1, anything else is ignored', () => {
    const rates = ['1.0', '17', '-3', '.25', '0.5 ', '1e-1', '', 'x', '0x1', 'NaN', 'Infinity', '1 2'].map(
      readSampleRate,
    );
    const none = undefined;
    assert.deepEqual(rates, [1, 1, 0, 0.25, 0.5, 0.1, none, none, none, none, none, none]);
  });

  test('one trace gets one answer, 0 takes none, 1 takes all, a quarter about a quarter', () => {
    const ids = Array.from({ length: 4000 }, () => rootTrace(Math.random));
    assert.ok(ids.every((one) => inSample(one, 1, 99) && !inSample(one, 0, 99)));
    assert.ok(ids.every((one) => inSample(one, 0.3, 99) === inSample(childTrace(one, Math.random), 0.3, 99)));
    const share = ids.filter((one) => inSample(one, 0.25, 99)).length / ids.length;
    assert.ok(share > 0.2 && share < 0.3, String(share));
  });
});

test('a root of 128 bits has an upper half, and a child of it is of the same trace', () => {
  const root = rootTrace128(Math.random);
  assert.ok(root.high);
  assert.equal(sameTrace(root, childTrace(root, Math.random)), true);
  assert.equal(sameTrace(root, rootTrace128(Math.random)), false);
  assert.equal(root.decided, false);
  assert.deepEqual([decide(root, false).decided, decide(root, false).sampled, root.debug], [true, false, false]);
});
