import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Wire } from '../wire.ts';
import { writeChunk, writeLastChunk } from './write-chunks.ts';

function written(write: (wire: Pick<Wire, 'text' | 'write'>) => void): string {
  let out = '';
  const text = (bytes: string): void => {
    out += bytes;
  };
  write({ text, write: (bytes: Buffer, from: number, to: number) => text(bytes.latin1Slice(from, to)) });
  return out;
}

test('a chunk has its size in hexadecimal before it', () => {
  assert.equal(
    written((wire) => writeChunk(wire, Buffer.from('<a longer text>'), 1, 14)),
    'd\r\na longer text\r\n',
  );
});

test('no bytes are no chunk', () => {
  assert.equal(
    written((wire) => writeChunk(wire, Buffer.from('xx'), 1, 1)),
    '',
  );
});

test('a body ends with an empty chunk, trailers in it', () => {
  assert.equal(
    written((wire) => writeLastChunk(wire, '')),
    '0\r\n\r\n',
  );
  assert.equal(
    written((wire) => writeLastChunk(wire, 'X-Sum: 1\r\n')),
    '0\r\nX-Sum: 1\r\n\r\n',
  );
});
