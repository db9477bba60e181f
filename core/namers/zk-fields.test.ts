import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Path } from '../naming/path.ts';
import { nodePath } from './zk-fields.ts';

test('a path is a node’s where ZooKeeper can have such a node', () => {
  assert.equal(nodePath(Path.of('a', 'b c')), '/a/b c');
  assert.equal(nodePath(Path.utf8('ü')), '/ü');
  for (const none of [Path.empty, Path.of('.'), Path.of('a', '..'), Path.of('a/b'), Path.of('\x00'), Path.of('\x1f')])
    assert.equal(nodePath(none), undefined, none.show);
});
