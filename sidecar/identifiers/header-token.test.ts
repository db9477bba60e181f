import { identifyTests } from '#test/helpers/identify.ts';

const host = [{ kind: 'io.l5d.header.token' }];
const other = [{ kind: 'io.l5d.header.token', header: 'X-Svc' }];

identifyTests('io.l5d.header.token takes Host as one element', [
  ['a name', host, 'GET /\nHost: web', '/svc/web'],
  ['dots stay, the last one too', host, 'GET /\nHost: a.b.c.', '/svc/a.b.c.'],
  ['case stays', host, 'GET /\nHost: Web', '/svc/Web'],
  ['a port stays', host, 'CONNECT web:443\nHost: web:443', '/svc/web:443'],
  ['an IPv6 literal is escaped', host, 'GET /\nHost: [::1]:80', '/svc/\\x5b\\x3a\\x3a\\x31\\x5d\\x3a\\x38\\x30'],
  ['a slash makes no second element', host, 'GET /\nHost: a/b', '/svc/\\x61\\x2f\\x62'],
  ['a space', host, 'GET /\nHost: a b', '/svc/\\x61\\x20\\x62'],
  ['bytes beyond ASCII', host, 'GET /\nHost: \xfc', '/svc/\\xfc'],
  ['label characters stay', host, 'GET /\nHost: a%20b_$#', '/svc/a%20b_$#'],
  ['OPTIONS *', host, 'OPTIONS *\nHost: web', '/svc/web'],
  ['an empty one is none', host, 'GET /\nHost: ', 'declined: Host header is absent'],
  ['none', host, 'GET /', 'declined: Host header is absent'],
]);

identifyTests('io.l5d.header.token takes another header', [
  ['present', other, 'GET /\nHost: web\nX-Svc: foo', '/svc/foo'],
  ['in other letters', other, 'GET /\nHost: web\nx-SVC: foo', '/svc/foo'],
  ['absent', other, 'GET /\nHost: web', 'declined: X-Svc header is absent'],
  ['empty', other, 'GET /\nHost: web\nX-Svc: ', 'declined: X-Svc header is absent'],
  ['a path in it is one element', other, 'GET /\nX-Svc: /a/b', '/svc/\\x2f\\x61\\x2f\\x62'],
]);
