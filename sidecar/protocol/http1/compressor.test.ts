import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { Compressor, compressed } from './compressor.ts';

const open = { gzip: gunzipSync, deflate: inflateSync } as const;
const codings = ['gzip', 'deflate'] as const;

function inPieces(coding: 'gzip' | 'deflate', pieces: readonly Uint8Array[], level = 6): Buffer {
  const compressor = new Compressor(coding, level);
  const out = pieces.map((piece) => {
    const bytes = Buffer.concat([Buffer.from('#'), piece, Buffer.from('#')]);
    return compressor.write(bytes, 1, bytes.length - 1);
  });
  return Buffer.concat([...out, compressor.finish()]);
}

test('what is compressed, whole or piece by piece, is what comes out of zlib', () => {
  const piece = fc.oneof(fc.uint8Array({ maxLength: 50 }), fc.constant(new Uint8Array(9000).fill(97)));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.integer({ min: 1, max: 9 }), (pieces, level) => {
      const body = Buffer.concat(pieces);
      for (const coding of codings) {
        assert.ok(open[coding](inPieces(coding, pieces, level)).equals(body));
        assert.ok(open[coding](compressed(coding, level, body)).equals(body));
      }
    }),
    { numRuns: 30 },
  );
});

test('more than the window of deflate is no matter', () => {
  const pieces = Array.from({ length: 20 }, (_, i) => Buffer.from(`${i} some text of an answer `.repeat(500)));
  for (const coding of codings) {
    const small = inPieces(coding, pieces);
    assert.ok(open[coding](small).equals(Buffer.concat(pieces)));
    assert.ok(small.length < Buffer.concat(pieces).length / 20, 'later pieces refer to earlier ones');
  }
});

test('every piece can be read at once', () => {
  const compressor = new Compressor('gzip', 6);
  const first = compressor.write(Buffer.from('event: 1\n'), 0, 9);
  assert.equal(String(gunzipSync(first, { finishFlush: 2 })), 'event: 1\n');
});
