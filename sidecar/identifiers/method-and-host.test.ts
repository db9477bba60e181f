import { identifyTests } from '#test/helpers/identify.ts';

const plain = [{ kind: 'io.l5d.methodAndHost' }];
const withUri = [{ kind: 'io.l5d.methodAndHost', httpUriInDst: true }];
const tilde = "badName: end of input expected but '~' found at '/x[~]y'";

identifyTests('io.l5d.methodAndHost', [
  ['the host is in lower case', plain, 'GET /x/y\nHost: Web.Example', '/svc/1.1/GET/web.example'],
  ['HTTP/1.0 needs no Host', plain, 'GET /x 1.0', '/svc/1.0/GET'],
  ['and ignores one', plain, 'POST /x 1.0\nHost: web', '/svc/1.0/POST'],
  ['HTTP/1.1 needs Host', plain, 'GET /x', 'declined: HTTP/1.1 request missing hostname'],
  [
    'odd methods are escaped',
    plain,
    'M-SEARCH! *\nHost: web',
    '/svc/1.1/\\x4d\\x2d\\x53\\x45\\x41\\x52\\x43\\x48\\x21/web',
  ],
]);

identifyTests('io.l5d.methodAndHost with httpUriInDst', [
  ['the path of the URI comes last', withUri, 'GET /x/y?z=1\nHost: web', '/svc/1.1/GET/web/x/y'],
  ['with HTTP/1.0, too', withUri, 'GET /x/y 1.0', '/svc/1.0/GET/x/y'],
  ['only a slash', withUri, 'GET /\nHost: web', '/svc/1.1/GET/web'],
  [
    'a slash at the end',
    withUri,
    'GET /x/\nHost: web',
    "badName: label char expected but end of input found at '/x/[]'",
  ],
  ['a character no name has', withUri, 'GET /x~y\nHost: web', tilde],
  ['a refusal ends the list', [...withUri, { kind: 'io.l5d.static', path: '/x' }], 'GET /x~y\nHost: web', tilde],
]);
