import { test } from 'node:test';
import { Naming } from './named.ts';

/** Names that need no backend: one test for each row of Linkerd 1.x's features, named after it. */
function row(feature: string, dtab: string, cases: Readonly<Record<string, string>>): void {
  test(`linkerd1: ${feature}`, async (t) => {
    const naming = new Naming(t, JSON.stringify({ dtab }));
    for (const [path, expected] of Object.entries(cases)) await naming.binds(path, expected);
  });
}

const inet = (port: number, residual = ''): string => `/$/inet/127.1/${port}${residual} [127.0.0.1:${port}]`;

row('dtab grammar: prefix, wildcard `*`', '/svc => /$/inet/127.1/1; /a/*/c => /$/inet/127.1/2; /b => /$/inet/127.1/3', {
  '/svc': inet(1),
  '/a/b/c/r': inet(2, ' /r'),
  '/a/b': '~',
  '/a/b/x/c': '~',
  '/bb': '~',
});

row(
  'comments `#`, trailing `;`, odd spacing',
  '# first\n  /svc=>/$/inet/127.1/1   ;\n\n/b   =>\n /$/inet/127.1/2 # why\n;',
  { '/svc': inet(1), '/b': inet(2) },
);

row('fallback by later-first entries', '/svc => /$/inet/127.1/1; /svc => /none; /svc/b => /$/inet/127.1/2', {
  '/svc/a': inet(1, ' /a'),
  '/svc/b': inet(2),
});

row(
  'alternation `|`, `~ ! $`',
  '/a => ~ | /$/inet/127.1/1; /b => ! | /$/inet/127.1/1; /c => $ | /$/inet/127.1/1; /d => /none | (~ | /$/inet/127.1/2)',
  { '/a': inet(1), '/b': '!', '/c': '$', '/d': inet(2), '/e': '~' },
);

row('weighted union', '/a => 0.9 * /$/inet/127.1/1 & 0.1 * /$/inet/127.1/2; /b => 3 * /none & /$/inet/127.1/1', {
  '/a': `0.90*${inet(1)} & 0.10*${inet(2)}`,
  '/b': inet(1),
});

row('hex escapes', '/\\x61\\x2f => /$/inet/127.1/1', {
  '/a\\x2F/r': inet(1, ' /r'),
  '/\\x61/r': '~',
});

test('linkerd1: recursion limit 100', async (t) => {
  const chain = (length: number): string =>
    [...Array.from({ length }, (_, i) => `/n${i} => /n${i + 1}`), `/n${length} => /$/inet/127.1/1`].join(';');
  await new Naming(t, JSON.stringify({ dtab: chain(98) })).binds('/n0', inet(1));
  const failure = 'failed: Max recursion level: 100 reached in Namer lookup';
  await new Naming(t, JSON.stringify({ dtab: chain(99) })).binds('/n0', failure);
  await new Naming(t, JSON.stringify({ dtab: '/a => /a' })).binds('/a', failure);
});

row('residual paths', '/svc => /$/inet/127.1/1', { '/svc/a/B/\\x20': inet(1, ' /a/B/\\x20') });

test('linkerd1: l5d-dtab / l5d-ctx-dtab overrides', async (t) => {
  const naming = new Naming(t, 'dtab: /svc => /$/inet/127.1/1');
  await naming.binds('/svc', inet(1));
  await naming.binds('/svc', inet(2), '/svc => /$/inet/127.1/2');
  await naming.binds('/svc', inet(1), '/svc => ~');
  await naming.binds('/svc', '!', '/svc => !');
});

row('`/$/inet` incl. `127.1`', '/svc => /$/inet', {
  '/svc/127.1/80/r': inet(80, ' /r'),
  '/svc/10.0.0.1/80': '/$/inet/10.0.0.1/80 [10.0.0.1:80]',
  '/svc/8080': '/$/inet/8080 [127.0.0.1:8080]',
  '/svc/nowhere.example/80': '/$/inet/nowhere.example/80 [neg]',
});

row('`/$/io.buoyant.rinet`', '/svc => /$/io.buoyant.rinet', {
  '/svc/80/127.1/r': '/$/io.buoyant.rinet/80/127.1 /r [127.0.0.1:80]',
  '/svc/80': '~',
});

row(
  'hostportPfx, porthostPfx',
  '/i => /$/inet; /r => /$/io.buoyant.rinet; /a => /$/io.buoyant.hostportPfx/i; /b => /$/io.buoyant.porthostPfx/r',
  {
    '/a/127.1:80/x': inet(80, ' /x'),
    '/b/127.1:80': '/$/io.buoyant.rinet/80/127.1 [127.0.0.1:80]',
    '/a/127.1': '~',
    '/b/a:b:80': '~',
  },
);

row('domainToPathPfx', '/host/default/foo => /$/inet/127.1/1; /svc => /$/io.buoyant.http.domainToPathPfx/host', {
  '/svc/foo.default/r': inet(1, ' /r'),
  '/svc/bar.default': '~',
});

row(
  'subdomainOfPfx, anyHost, anyMethod, http.status, nil, fail',
  [
    '/out => /$/inet/127.1/1; /web/a.b => /$/inet/127.1/2',
    '/sub => /$/io.buoyant.http.subdomainOfPfx/example.com/web',
    '/any => /$/io.buoyant.http.anyHostPfx/out; /method => /$/io.buoyant.http.anyMethodPfx/out',
    '/status => /$/io.buoyant.http.status; /nil => /$/nil; /fail => /$/fail',
  ].join(';'),
  {
    '/sub/a.b.example.com:80/r': inet(2, ' /r'),
    '/sub/example.com': '~',
    '/any/foo.com/r': inet(1, ' /r'),
    '/method/GET/r': inet(1, ' /r'),
    '/status/404': '/$/io.buoyant.http.status/404 [0.0.0.0:0]',
    '/nil': '$',
    '/fail': '!',
  },
);
