import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Path } from '../naming/path.ts';
import { tagOf } from './fields.ts';

test('a tag is the kind and what tells it from others, or the prefix that was configured', () => {
  assert.equal(tagOf({ kind: 'io.l5d.port' }, '4141').show, '/%/io.l5d.port/4141');
  assert.equal(tagOf({ kind: 'io.l5d.port', prefix: Path.read('/my/tag') }, '4141').show, '/%/my/tag');
  assert.equal(tagOf({ kind: 'x' }, 'é').show, '/%/x/\\xc3\\xa9');
});
