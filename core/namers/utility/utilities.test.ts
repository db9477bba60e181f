import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stateNow, valueNow } from '#test/helpers/state-now.ts';
import { path } from '#test/naming/arbitrary.ts';
import { worldWithoutNames } from '#test/naming/fixture-mesh.ts';
import { lookupNamers } from '../../naming/lookup.ts';
import { Path } from '../../naming/path.ts';
import { httpStatusKey } from './http-status.ts';
import { utilityNamers } from './utilities.ts';

const namers = { configured: [], utilities: utilityNamers(worldWithoutNames) };

/** The path that a utility name is rewritten to, or what else becomes of it. */
function rewritten(name: Path): string {
  const state = stateNow(lookupNamers(namers, name));
  if (state.kind !== 'ok') return state.kind === 'failed' ? state.error.message : state.kind;
  if (state.value.kind !== 'leaf') return state.value.kind;
  return state.value.value.kind === 'path' ? state.value.value.path.show : 'bound';
}

const table: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'io.buoyant.hostportPfx': {
    '/pfx/host:80/rest': '/pfx/host/80/rest',
    '/pfx/a.b.c:http': '/pfx/a.b.c/http',
    '/pfx/host:80:': '/pfx/host/80',
    '/pfx/host': 'neg',
    '/pfx/host:': 'neg',
    '/pfx/:80': 'neg',
    '/pfx/host:80:90': 'neg',
    '/pfx/host:HTTP': 'neg',
    '/pfx/host:-a': 'neg',
    '/pfx': 'neg',
    '/': 'neg',
  },
  'io.buoyant.porthostPfx': { '/ph/127.0.0.1:80/x': '/ph/80/127.0.0.1/x', '/ph/host': 'neg' },
  'io.buoyant.http.domainToPath': {
    '/foo.bar.com/rest': '/com/bar/foo/rest',
    '/foo': '/foo',
    '/foo.': '/foo',
    '/.': '/',
    '/a.b:80': '/b:80/a',
    '/foo..com': 'neg',
    '/.foo': 'neg',
    '/f\\x20o.bar': 'neg',
    '/': 'neg',
  },
  'io.buoyant.http.domainToPathPfx': {
    '/pfx/Foo.Bar/x': '/pfx/Bar/Foo/x',
    '/pfx/.': '/pfx',
    '/pfx': 'neg',
    '/': 'neg',
  },
  'io.buoyant.http.subdomainOf': { '/bar.com/foo.bar.com/x': '/foo/x', '/bar.com/bar.com': 'neg', '/bar.com': 'neg' },
  'io.buoyant.http.subdomainOfPfx': {
    '/bar.com/pfx/a.foo.bar.com:80/x': '/pfx/a.foo/x',
    '/bar.com/pfx/foobar.com': 'neg',
    '/bar.com/pfx/.bar.com': 'neg',
    '/bar.com/pfx/:80': 'neg',
    '/bar.com/pfx': 'neg',
  },
  'io.buoyant.http.anyHost': { '/foo.com:80/x': '/x', '/foo.com': '/', '/f\\x20o/x': 'neg', '/': 'neg' },
  'io.buoyant.http.anyHostPfx': { '/pfx/foo.com/x': '/pfx/x', '/pfx': 'neg' },
  'io.buoyant.http.anyMethod': { '/GET/x': '/x', '/get/x': 'neg', '/': 'neg' },
  'io.buoyant.http.anyMethodPfx': { '/pfx/POST/x': '/pfx/x', '/pfx': 'neg' },
  nil: { '/': 'empty', '/a/b': 'empty' },
  fail: { '/': 'fail', '/a/b': 'fail' },
  'io.buoyant.http.status': { '/404': 'bound', '/': 'neg', '/4': 'neg', '/abc': 'neg', '/1000': 'neg' },
};

for (const [kind, cases] of Object.entries(table)) {
  test(`/$/${kind}`, () => {
    const root = Path.of('$', kind);
    for (const [rest, expected] of Object.entries(cases))
      assert.equal(rewritten(root.concat(Path.read(rest))), expected, `/$/${kind}${rest}`);
  });
}

test('a port name is at most 63 characters long', () => {
  const named = (n: number): Path => Path.of('$', 'io.buoyant.hostportPfx', 'pfx', `h:${'a'.repeat(n)}`);
  assert.notEqual(rewritten(named(63)), 'neg');
  assert.equal(rewritten(named(64)), 'neg');
});

test('whatever is asked, nothing throws', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(table), 'inet', 'io.buoyant.rinet'), path, (kind, rest) => {
      rewritten(Path.of('$', kind).concat(rest));
    }),
  );
});

test('a status is a cluster with one address that the data path knows by its mark', () => {
  const tree = valueNow(lookupNamers(namers, Path.read('/$/io.buoyant.http.status/418/a')));
  assert.ok(tree.kind === 'leaf' && tree.value.kind === 'bound');
  const { id, residual, addr } = tree.value;
  assert.deepEqual([id.show, residual.show], ['/$/io.buoyant.http.status/418', '/a']);
  const answer = valueNow(addr);
  assert.equal(answer.kind === 'bound' && answer.addresses[0]?.meta[httpStatusKey], '418');
});
