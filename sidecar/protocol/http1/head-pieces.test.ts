import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeadPieces } from './head-pieces.ts';

/** Adds a piece that lies at offset 3 of its buffer; gives what there is to parse, undefined for nothing. */
function add(pieces: HeadPieces, text: string): string | undefined {
  const bytes = Buffer.from(`...${text}`, 'latin1');
  return pieces.add(bytes, 3, bytes.length) ? pieces.bytes.latin1Slice(pieces.at, pieces.end) : undefined;
}

test('a head that comes whole is parsed where it lies', () => {
  const pieces = new HeadPieces();
  assert.equal(add(pieces, 'GET /'), 'GET /');
  assert.equal(pieces.at, 3);
  assert.equal(pieces.behind(pieces.end), 3 + 5);
  assert.ok(pieces.none);
});

test('pieces that are kept are put together, and the end of the head is told in the newest', () => {
  const pieces = new HeadPieces();
  add(pieces, 'GE');
  pieces.keep();
  assert.ok(!pieces.none);
  assert.equal(add(pieces, 'T /rest'), 'GET /rest');
  assert.equal(pieces.behind(5), 3 + 3, 'GET / ends behind the third byte of the newest piece');
  assert.ok(pieces.none);
});

test('empty lines before a head are read over, also when they come in pieces', () => {
  const pieces = new HeadPieces();
  assert.equal(add(pieces, '\r\n\r\n'), undefined);
  assert.ok(pieces.none);
  assert.equal(add(pieces, '\r'), undefined);
  assert.equal(add(pieces, '\nGET'), 'GET');
  assert.equal(add(pieces, '\rGET'), '\rGET', 'a lone CR is for the parser to refuse');
});
