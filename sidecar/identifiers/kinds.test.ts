import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KindConfig } from '#core/config/kind.ts';
import { MeshError } from '../router/errors.ts';
import type { Identifier } from '../router/identifier.ts';
import { RequestHead } from '../router/request-head.ts';
import { identifierKinds, identifierList } from './kinds.ts';

/** `METHOD uri [1.0]`, then `Name: value` lines; a Host line goes where the protocol puts it. */
function request(text: string): RequestHead {
  const [first = '', ...headers] = text.split('\n');
  const head = new RequestHead();
  const [method = '', uri = '', version] = first.split(' ');
  head.method = method;
  head.uri = uri;
  head.minor = version === '1.0' ? 0 : 1;
  for (const line of headers) {
    if (line.startsWith('Host: ')) head.host = line.slice(6);
    else head.lines += `${line}\r\n`;
  }
  return head;
}

const configured = (...configs: object[]): readonly Identifier[] =>
  identifierList(
    configs.map((config): KindConfig => identifierKinds.schema.parse(config)),
    { prefix: '/svc' },
  );

/** What the router does with a list: the first name, else the last reason; a refusal ends it. */
function outcome(identifiers: readonly Identifier[], head: RequestHead): string {
  try {
    for (const identifier of identifiers) {
      const name = identifier.identify(head);
      if (name !== undefined) return name;
    }
  } catch (error) {
    assert.ok(error instanceof MeshError);
    return `${error.kind}: ${error.message}`;
  }
  return `declined: ${identifiers.at(-1)?.reason}`;
}

/** One request of each kind as Linkerd 1.7.5 answered it: the identifiers, the request, the name or the refusal. */
const recorded: readonly [title: string, identifiers: readonly object[], request: string, outcome: string][] = [
  ['the default takes Host', [], 'GET /\nHost: web', '/svc/web'],
  ['dots stay, the last one too', [], 'GET /\nHost: a.b.c.', '/svc/a.b.c.'],
  ['an IPv6 literal is escaped', [], 'GET /\nHost: [::1]:80', '/svc/\\x5b\\x3a\\x3a\\x31\\x5d\\x3a\\x38\\x30'],
  ['an empty Host is none', [], 'GET /\nHost: ', 'declined: Host header is absent'],
  ['no Host', [], 'GET /', 'declined: Host header is absent'],
  ['a slash in Host makes no second element', [], 'GET /\nHost: a/b', '/svc/\\x61\\x2f\\x62'],
  ['a space in Host', [], 'GET /\nHost: a b', '/svc/\\x61\\x20\\x62'],
  ['label characters stay', [], 'GET /\nHost: a%20b_$#', '/svc/a%20b_$#'],
  ['OPTIONS *', [], 'OPTIONS *\nHost: web', '/svc/web'],
  ['a port stays', [], 'CONNECT web:443\nHost: web:443', '/svc/web:443'],
  ['another header', [token('X-Svc')], 'GET /\nHost: web\nX-Svc: foo', '/svc/foo'],
  ['another header in other letters', [token('X-Svc')], 'GET /\nHost: web\nx-SVC: foo', '/svc/foo'],
  ['another header, absent', [token('X-Svc')], 'GET /\nHost: web', 'declined: X-Svc header is absent'],
  ['another header, empty', [token('X-Svc')], 'GET /\nHost: web\nX-Svc: ', 'declined: X-Svc header is absent'],
  ['a path in a token header is one element', [token('X-Svc')], 'GET /\nX-Svc: /a/b', '/svc/\\x2f\\x61\\x2f\\x62'],
  ['no path header', [{ kind: 'io.l5d.header' }], 'GET /\nHost: web', 'declined: l5d-name header is absent'],
  ['a path header', [header('X-Path')], 'GET /\nX-Path: /a/b/c', '/svc/a/b/c'],
  [
    'a path header without a slash',
    [header('X-Path')],
    'GET /\nX-Path: a',
    "unidentified: '/' expected but 'a' found at '[a]'",
  ],
  ['a path header that is only a slash', [header('X-Path')], 'GET /\nX-Path: /', '/svc'],
  [
    'a path header that ends in a slash',
    [header('X-Path')],
    'GET /\nX-Path: /a/',
    "unidentified: label char expected but end of input found at '/a/[]'",
  ],
  ['the first segment', [path()], 'GET /foo/bar?x=1\nHost: web', '/svc/foo'],
  ['no segment', [path()], 'GET /\nHost: web', 'declined: not enough segments in path'],
  ['one segment of two', [path({ segments: 2 })], 'GET /a\nHost: web', 'declined: not enough segments in path'],
  [
    'a trailing slash is no segment',
    [path({ segments: 2 })],
    'GET /a/\nHost: web',
    'declined: not enough segments in path',
  ],
  ['an empty segment', [path()], 'GET //foo\nHost: web', 'badName: requirement failed'],
  ['OPTIONS * has no segment', [path()], 'OPTIONS *\nHost: web', 'declined: not enough segments in path'],
  ['method and host, in lower case', [mh()], 'GET /x/y\nHost: Web.Example', '/svc/1.1/GET/web.example'],
  ['HTTP/1.0 needs no Host', [mh()], 'GET /x 1.0', '/svc/1.0/GET'],
  ['HTTP/1.1 needs Host', [mh()], 'GET /x', 'declined: HTTP/1.1 request missing hostname'],
  ['the URI behind them', [mh(true)], 'GET /x/y?z=1\nHost: web', '/svc/1.1/GET/web/x/y'],
  ['a URI that is only a slash', [mh(true)], 'GET /\nHost: web', '/svc/1.1/GET/web'],
  [
    'a URI that ends in a slash',
    [mh(true)],
    'GET /x/\nHost: web',
    "badName: label char expected but end of input found at '/x/[]'",
  ],
  [
    'a URI with a character no name has',
    [mh(true)],
    'GET /x~y\nHost: web',
    "badName: end of input expected but '~' found at '/x[~]y'",
  ],
  ['a fixed name', [{ kind: 'io.l5d.static', path: '/foo/bar' }], 'GET /x', '/svc/foo/bar'],
  ['a list: the first', list(), 'GET /a/b\nHost: web\nl5d-name: /n', '/svc/n'],
  ['a list: the second', list(), 'GET /a/b\nHost: web', '/svc/a/b'],
  ['a list: the third', list(), 'GET /a\nHost: web', '/svc/web'],
  ['a list: none, and the last reason', list(), 'GET /a', 'declined: Host header is absent'],
  [
    'a refusal ends a list',
    [mh(true), { kind: 'io.l5d.static', path: '/fallback' }],
    'GET /x~y\nHost: web',
    "badName: end of input expected but '~' found at '/x[~]y'",
  ],
];

function token(name: string): object {
  return { kind: 'io.l5d.header.token', header: name };
}
function header(name: string): object {
  return { kind: 'io.l5d.header', header: name };
}
function path(keys: object = {}): object {
  return { kind: 'io.l5d.path', ...keys };
}
function mh(httpUriInDst = false): object {
  return { kind: 'io.l5d.methodAndHost', httpUriInDst };
}
function list(): object[] {
  return [{ kind: 'io.l5d.header' }, path({ segments: 2 }), { kind: 'io.l5d.header.token' }];
}

describe('identifiers name requests as Linkerd does', () => {
  for (const [title, identifiers, text, expected] of recorded) {
    test(title, () => assert.equal(outcome(configured(...identifiers), request(text)), expected));
  }
});

describe('io.l5d.path with consume', () => {
  const forwarded: readonly [from: string, to: string][] = [
    ['/a/b?x=1', '/?x=1'],
    ['/a/b/c/', '/c/'],
    ['/a/b', '/'],
    ['/a/b/', '/'],
    ['/a/b/c?q=/d', '/c?q=/d'],
    ['/a/b?q=/d', '/?q=/d'],
    ['/a/b//c', '//c'],
  ];
  for (const [from, to] of forwarded) {
    test(`cuts ${from} to ${to}`, () => {
      const head = request(`GET ${from}\nHost: web`);
      assert.equal(outcome(configured(path({ segments: 2, consume: true })), head), '/svc/a/b');
      assert.equal(head.uri, to);
    });
  }

  test('leaves a URI it declines alone', () => {
    const head = request('GET /a?x=/b\nHost: web');
    assert.match(outcome(configured(path({ segments: 2, consume: true })), head), /^declined/);
    assert.equal(head.uri, '/a?x=/b');
  });
});

describe('identifier configuration', () => {
  test('refuses unknown keys, no segments, and names that are none', () => {
    for (const config of [
      { kind: 'io.l5d.header.token', heder: 'x' },
      { kind: 'io.l5d.header', header: '' },
      path({ segments: 0 }),
      { kind: 'io.l5d.static' },
      { kind: 'io.l5d.static', path: 'foo' },
    ]) {
      assert.throws(() => identifierKinds.schema.parse(config), JSON.stringify(config));
    }
  });

  test('the prefix may be longer, or empty', () => {
    const [token] = identifierList([], { prefix: '/http/1.1' });
    const [bare] = identifierList([], { prefix: '/' });
    assert.equal(token?.identify(request('GET /\nHost: web')), '/http/1.1/web');
    assert.equal(bare?.identify(request('GET /\nHost: web')), '/web');
  });
});
