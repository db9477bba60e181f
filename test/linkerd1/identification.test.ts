import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identify, requestHead } from '#test/helpers/identify.ts';

/** One test for each row of Linkerd 1.x's features, named after it; `io.l5d.ingress` has its own beside its file. */
function row(
  feature: string,
  cases: readonly (readonly [configs: readonly object[], request: string, outcome: string])[],
  { protocol = 'http', prefix = '/svc' }: { readonly protocol?: 'http' | 'h2'; readonly prefix?: string } = {},
): void {
  test(`linkerd1: ${feature}`, () => {
    for (const [configs, request, outcome] of cases)
      assert.equal(identify(configs, requestHead(request), prefix, protocol), outcome, request);
  });
}

const token = { kind: 'io.l5d.header.token' };

row('default Host token, not lower-cased, port kept', [
  [[], 'GET /\nHost: Web', '/svc/Web'],
  [[], 'GET /\nHost: web:8080', '/svc/web:8080'],
  [[], 'GET /\nHost: a.b.c', '/svc/a.b.c'],
  [[], 'GET /', 'declined: Host header is absent'],
]);

row('io.l5d.header.token other header', [
  [[{ ...token, header: 'X-Name' }], 'GET /\nHost: web\nx-name: a/B', '/svc/\\x61\\x2f\\x42'],
  [[{ ...token, header: 'X-Name' }], 'GET /\nHost: web', 'declined: X-Name header is absent'],
]);

row('io.l5d.header (path in header)', [
  [[{ kind: 'io.l5d.header' }], 'GET /\nl5d-name: /web/v2', '/svc/web/v2'],
  [[{ kind: 'io.l5d.header', header: 'X-To' }], 'GET /\nX-To: /a', '/svc/a'],
  [[{ kind: 'io.l5d.header' }], 'GET /\nHost: web', 'declined: l5d-name header is absent'],
]);

const methodAndHost = { kind: 'io.l5d.methodAndHost' };
row('io.l5d.methodAndHost', [
  [[methodAndHost], 'GET /a\nHost: Web', '/svc/1.1/GET/web'],
  [[methodAndHost], 'PUT /a 1.0', '/svc/1.0/PUT'],
  [[{ ...methodAndHost, httpUriInDst: true }], 'GET /a/b?c\nHost: web', '/svc/1.1/GET/web/a/b'],
  [[methodAndHost], 'GET /a', 'declined: HTTP/1.1 request missing hostname'],
]);

test('linkerd1: io.l5d.path segments/consume', () => {
  const cut = (config: object, uri: string): string => {
    const head = requestHead(`GET ${uri}`);
    return `${identify([{ kind: 'io.l5d.path', ...config }], head)} ${head.uri}`;
  };
  assert.equal(cut({}, '/a/b?q'), '/svc/a /a/b?q');
  assert.equal(cut({ segments: 2, consume: true }, '/a/b/c/?q'), '/svc/a/b /c/?q');
  assert.equal(cut({ consume: true }, '/a'), '/svc/a /');
  assert.equal(cut({ segments: 2 }, '/a'), 'declined: not enough segments in path /a');
});

row('io.l5d.static', [[[{ kind: 'io.l5d.static', path: '/a/b' }], 'GET /x\nHost: web', '/svc/a/b']]);

row(
  'h2 header.token :authority',
  [
    [[], 'GET /\nHost: Web:80', '/svc/Web:80'],
    [[], 'GET /', "declined: missing header: ':authority'"],
  ],
  { protocol: 'h2' },
);

const headerPath = { kind: 'io.l5d.header.path' };
row(
  'h2 header.path segments',
  [
    [[{ ...headerPath, segments: 1 }], 'POST /helloworld.World/Greeting', '/svc/helloworld.World'],
    [[{ ...headerPath, segments: 3 }], 'POST /a/b', 'declined: Path must have at least 3 segment(s)'],
  ],
  { protocol: 'h2' },
);

row('h2 header.path whole path', [[[headerPath], 'POST /proto.GenSvc/Gen/?q', '/grpc/proto.GenSvc/Gen']], {
  protocol: 'h2',
  prefix: '/grpc',
});

const list = [{ kind: 'io.l5d.header' }, { kind: 'io.l5d.path', segments: 2 }, token];
row('identifier lists with fallback', [
  [list, 'GET /a/b\nHost: web\nl5d-name: /n', '/svc/n'],
  [list, 'GET /a/b\nHost: web', '/svc/a/b'],
  [list, 'GET /a\nHost: web', '/svc/web'],
  [list, 'GET /a', 'declined: Host header is absent'],
]);

row('dstPrefix', [[[], 'GET /\nHost: web', '/http/1.1/web']], { prefix: '/http/1.1' });
