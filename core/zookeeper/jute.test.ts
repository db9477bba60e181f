import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Frames, JuteReader, JuteWriter } from './jute.ts';

test('what is written is read again', () => {
  const any = fc.record({
    int: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    long: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    bool: fc.boolean(),
    text: fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
    strings: fc.array(fc.string()),
  });
  void fc.assert(
    fc.property(any, ({ int, long, bool, text, strings }) => {
      const writer = new JuteWriter().int(int).long(long).bool(bool).string(text).int(strings.length);
      for (const each of strings) writer.string(each);
      const reader = new JuteReader(writer.frame().subarray(4));
      assert.deepEqual(
        [reader.int(), reader.long(), reader.bool(), reader.string(), reader.strings()],
        [int, long, bool, text, strings],
      );
    }),
  );
});

test('frames come out whole, however the stream is cut', () => {
  const texts = ['', 'a', 'longer than that', 'b'];
  const stream = Buffer.concat(texts.map((text) => new JuteWriter().string(text).frame()));
  for (let cut = 1; cut <= stream.length; cut++) {
    const frames = new Frames(100);
    const seen: string[] = [];
    for (let at = 0; at < stream.length; at += cut) {
      for (const frame of frames.push(stream.subarray(at, at + cut))) seen.push(new JuteReader(frame).string());
    }
    assert.deepEqual(seen, texts);
  }
});

test('lengths that cannot be are refused', () => {
  for (const length of [101, -1]) {
    const head = Buffer.alloc(4);
    head.writeInt32BE(length);
    assert.throws(() => new Frames(100).push(head), RangeError);
  }
  const short = new JuteReader(new JuteWriter().int(1000).frame().subarray(4));
  assert.throws(() => short.buffer(), RangeError);
  assert.throws(
    () =>
      new JuteReader(
        new JuteWriter()
          .int(2 ** 31 - 1)
          .frame()
          .subarray(4),
      ).strings(),
    RangeError,
  );
  assert.equal(new JuteReader(new JuteWriter().int(-1).frame().subarray(4)).buffer().length, 0);
});
