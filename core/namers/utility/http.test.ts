import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rewritten } from '#test/naming/rewritten.ts';
import { httpNamers } from './http.ts';

/** What becomes of names after `/$/io.buoyant.http.<name>`. */
const table: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  domainToPath: {
    '/foo.bar.com/rest': '/com/bar/foo/rest',
    '/foo': '/foo',
    '/foo.': '/foo',
    '/.': '/',
    '/a.b:80': '/b:80/a',
    '/foo..com': 'neg',
    '/.foo': 'neg',
    '/f\\x20o.bar': 'neg',
    '': 'neg',
  },
  domainToPathPfx: { '/pfx/Foo.Bar/x': '/pfx/Bar/Foo/x', '/pfx/.': '/pfx', '/pfx': 'neg', '': 'neg' },
  subdomainOf: { '/bar.com/foo.bar.com/x': '/foo/x', '/bar.com/bar.com': 'neg', '/bar.com': 'neg' },
  subdomainOfPfx: {
    '/bar.com/pfx/a.foo.bar.com:80/x': '/pfx/a.foo/x',
    '/bar.com/pfx/foobar.com': 'neg',
    '/bar.com/pfx/.bar.com': 'neg',
    '/bar.com/pfx/:80': 'neg',
    '/bar.com/pfx': 'neg',
    '/bar.com': 'neg',
  },
  anyHost: { '/foo.com:80/x': '/x', '/foo.com': '/', '/f\\x20o/x': 'neg', '': 'neg' },
  anyHostPfx: { '/pfx/foo.com/x': '/pfx/x', '/pfx': 'neg' },
  anyMethod: { '/GET/x': '/x', '/get/x': 'neg', '': 'neg' },
  anyMethodPfx: { '/pfx/POST/x': '/pfx/x', '/pfx': 'neg' },
};

for (const [name, cases] of Object.entries(table)) {
  test(`io.buoyant.http.${name}`, () => {
    for (const [rest, expected] of Object.entries(cases)) {
      assert.equal(rewritten(httpNamers, `/$/io.buoyant.http.${name}${rest}`), expected, rest);
    }
  });
}
