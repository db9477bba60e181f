import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { path } from '#test/naming/arbitrary.ts';
import { Path } from './path.ts';
import { PathMatcher, substitute } from './path-matcher.ts';

function captured(pattern: string, name: string): Readonly<Record<string, string>> | undefined {
  const captures = new PathMatcher(pattern).match(Path.read(name));
  return captures === undefined ? undefined : Object.fromEntries(captures);
}

test('literal elements match themselves, from the start of the path, whatever follows', () => {
  assert.deepEqual(captured('/foo/bar', '/foo/bar'), {});
  assert.deepEqual(captured('/foo/bar', '/foo/bar/bas'), {});
  assert.equal(captured('/foo/bar', '/foo/goo'), undefined);
  assert.equal(captured('/foo/bar', '/foo'), undefined);
});

test('a pattern of nothing matches every path', () => {
  fc.assert(fc.property(path, (p) => assert.deepEqual(new PathMatcher('/').match(p), new Map())));
});

test('a star is any one element', () => {
  assert.deepEqual(captured('/foo/*/x', '/foo/hi/x'), {});
  assert.equal(captured('/foo/*', '/foo'), undefined);
});

test('captures take an element, or part of one among literal text, greedily', () => {
  assert.deepEqual(captured('/foo/{A}/*/{B}', '/foo/boo/bar/bas'), { A: 'boo', B: 'bas' });
  assert.deepEqual(captured('/{role}:https', '/web:https'), { role: 'web' });
  assert.equal(captured('/{role}:https', '/web:http'), undefined);
  assert.deepEqual(captured('/{a}-{b}', '/foo-bar-baz'), { a: 'foo-bar', b: 'baz' });
  assert.deepEqual(captured('/{svc}.{ns}', '/a.b.c'), { svc: 'a.b', ns: 'c' });
  assert.deepEqual(captured('/{a_b.c:d-e}', '/x'), { 'a_b.c:d-e': 'x' });
});

test('a dot in a pattern is a dot', () => {
  assert.equal(captured('/{a}.com', '/xycom'), undefined);
  assert.deepEqual(captured('/$x{a}', '/$xy'), { a: 'y' });
});

test('elements are compared as they are shown', () => {
  assert.deepEqual(captured('/{a}', '/x\\x20'), { a: '\\x78\\x20' });
  assert.deepEqual(captured('/\\x78\\x20', '/x\\x20'), {});
});

test('the id of a transformed name is matched from its outermost tag on', () => {
  const id = '/%/io.l5d.port/4141/#/io.l5d.fs/web';
  for (const pattern of ['/', '/%/io.l5d.port/4141', '/%/io.l5d.port/*/#/io.l5d.fs/{svc}'])
    assert.ok(captured(pattern, id), pattern);
  assert.equal(captured('/#/io.l5d.fs', id), undefined);
});

test('every place of a capture is filled in, others are left', () => {
  const captures = new Map([['svc', 'web']]);
  assert.equal(substitute('{svc}.{svc}.{ns}.local', captures), 'web.web.{ns}.local');
  assert.equal(substitute('linkerd', captures), 'linkerd');
});
