import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Ingress, PathRule } from '#core/k8s/ingresses.ts';
import { IngressTable } from './ingress-table.ts';

/** `host type path service`; `-` for nothing. */
function ingress(rules: readonly string[], defaultService?: string, namespace = 'ns'): Ingress {
  const backend = (service: string) => ({ service, port: '80' });
  return {
    namespace,
    name: 'x',
    tls: [],
    defaultBackend: defaultService === undefined ? undefined : backend(defaultService),
    rules: rules.map((rule) => {
      const [host = '', type = '', path = '', service = ''] = rule.split(' ').map((word) => (word === '-' ? '' : word));
      return { host, path: { type: type as PathRule['type'], path }, backend: backend(service) };
    }),
  };
}

function finds(ingresses: readonly Ingress[], cases: Readonly<Record<string, string>>, ignoreDefaultBackends = false) {
  const table = new IngressTable(ingresses, { ignoreDefaultBackends });
  const found = Object.keys(cases).map((target) => {
    const slash = target.indexOf('/');
    return [target, table.find(target.slice(0, slash), target.slice(slash))?.service ?? '-'];
  });
  assert.deepEqual(Object.fromEntries(found), cases);
}

describe('prefixes', () => {
  test('are compared element by element, with or without a slash at their end', () =>
    finds([ingress(['- prefix /foo a', '- prefix /aaa/bb/ b'])], {
      'h/foo': 'a',
      'h/foo/': 'a',
      'h/foo/bar?x=/y': 'a',
      'h/foo?x': 'a',
      'h/foobar': '-',
      'h/Foo': '-',
      'h/aaa/bb': 'b',
      'h/aaa/bb/ccc': 'b',
      'h/aaa/bbb': '-',
      'h/aaa': '-',
    }));

  test('win by length, in whatever order they are written', () =>
    finds([ingress(['- prefix / root', '- prefix /a a', '- prefix /a/b ab'])], {
      'h/': 'root',
      'h/x': 'root',
      'h/a/x': 'a',
      'h/a/b/c': 'ab',
    }));
});

test('an exact path goes before a pattern, that before a prefix, and any path comes last', () =>
  finds([ingress(['- regex - any', '- prefix /foo p', '- regex /f.* r', '- exact /foo e', '- regex /foo/.* late'])], {
    'h/foo': 'e',
    'h/foo/': 'r',
    'h/foo/bar': 'r',
    'h/fox': 'r',
    'h/': 'any',
  }));

test('a pattern has to match the whole path, the first one written wins, and one that is none matches nothing', () =>
  finds([ingress(['- regex /a|/b ab', '- regex /.* all', '- regex /[ bad', `- regex /${'c'.repeat(2000)} long`])], {
    'h/a': 'ab',
    'h/b?q': 'ab',
    'h/ax': 'all',
    'h/[': 'all',
    [`h/${'c'.repeat(2000)}`]: 'all',
  }));

describe('hosts', () => {
  const rules = ['foo.com prefix / exact', '*.foo.com prefix / wild', '- prefix /any any', 'foo.com exact /x x'];

  test('are compared without port, dot at the end and case', () =>
    finds([ingress(rules)], { 'foo.com:80/': 'exact', 'FOO.com./': 'exact', 'foo.com/x': 'x', '[::1]:80/any': 'any' }));

  test('a star is one label', () =>
    finds([ingress(rules)], { 'a.foo.com/': 'wild', 'a.b.foo.com/': '-', '.foo.com/': '-', 'afoo.com/': '-' }));

  test('the very host goes before the star, and that before every host', () =>
    finds([ingress([...rules, 'b.foo.com exact /only b'])], {
      'b.foo.com/only': 'b',
      'b.foo.com/any': 'wild',
      'other/any': 'any',
      '/any': 'any',
    }));
});

test('patterns that cannot be used are told', () => {
  const { refused } = new IngressTable([ingress(['- regex /[ a', '- regex /(?=x)x b', '- regex /c c'])], {
    ignoreDefaultBackends: false,
  });
  assert.deepEqual(refused, ['ns/x /[', 'ns/x /(?=x)x']);
});

test('of equal rules the first Ingress has its way, in its namespace', () => {
  const table = new IngressTable([ingress(['h exact /a one'], undefined, 'n1'), ingress(['h exact /a two'])], {
    ignoreDefaultBackends: false,
  });
  assert.deepEqual(table.find('h', '/a'), { namespace: 'n1', service: 'one', port: '80' });
});

test('the first default backend takes the rest, unless they are ignored', () => {
  const both = [ingress([]), ingress(['h exact /a a'], 'first'), ingress([], 'second')];
  finds(both, { 'h/a': 'a', 'h/b': 'first', 'other/a': 'first' });
  finds(both, { 'h/a': 'a', 'h/b': '-' }, true);
});
