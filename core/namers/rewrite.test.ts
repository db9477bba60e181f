import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stateNow } from '#test/helpers/state-now.ts';
import { worldWithoutNames } from '#test/naming/fixture-mesh.ts';
import { Path } from '../naming/path.ts';
import { Activity } from '../reactive/activity.ts';
import { rewriteNamer } from './rewrite.ts';

const make = (config: object) =>
  rewriteNamer.make(rewriteNamer.schema.parse({ kind: 'io.l5d.rewrite', ...config }), worldWithoutNames);

function rewritten(config: object, path: string): string {
  const { lookup } = make({ prefix: '/rw', ...config });
  const state = stateNow(Activity.defer(() => lookup(Path.read(path))));
  if (state.kind !== 'ok') return state.kind === 'failed' ? state.error.message : state.kind;
  return state.value.kind === 'leaf' && state.value.value.kind === 'path'
    ? state.value.value.path.show
    : state.value.kind;
}

test('what matches becomes the name with the captures in it, and nothing of what follows', () => {
  const swap = { pattern: '/{a}/{b}', name: '/k/{b}/{a}/{c}' };
  assert.equal(rewritten({ ...swap, name: '/k/{b}/{a}' }, '/x/y/rest'), '/k/y/x');
  assert.equal(rewritten(swap, '/x'), 'neg');
  assert.equal(rewritten({ pattern: '/foo/bar', name: '/k' }, '/foo/bar'), '/k');
  assert.equal(rewritten({ pattern: '/{a}', name: '/k/{a}' }, '/a\\x20b'), '/k/\\x61\\x20\\x62');
});

test('a name that is no path after all is a failure', () => {
  assert.match(rewritten({ pattern: '/{a}', name: '/k/{a}/{unset}' }, '/x'), /label char expected but '\{'/);
});

test('prefix, pattern and name are required', () => {
  assert.throws(
    () => make({ pattern: '/{a}', name: '/x' }),
    /The 'prefix' property is required for the io.l5d.rewrite namer\./,
  );
  assert.throws(() => make({ prefix: '/r', name: '/x' }), /pattern/);
  assert.throws(() => make({ prefix: '/r', pattern: '/x' }), /name/);
  assert.equal(make({ prefix: '/r', pattern: '/x', name: '/y' }).prefix.show, '/r');
});
