import { identifyTests } from '#test/helpers/identify.ts';

const authority = [{ kind: 'io.l5d.header.token' }];
const other = [{ kind: 'io.l5d.header.token', header: 'X-Svc' }];

identifyTests(
  'io.l5d.header.token of an h2 router takes :authority as one element',
  [
    ['a name', authority, 'GET /\nHost: web', '/svc/web'],
    ['a port stays', authority, 'GET /\nHost: web:443', '/svc/web:443'],
    ['a slash makes no second element', authority, 'GET /\nHost: a/b', '/svc/\\x61\\x2f\\x62'],
    ['an empty one is none', authority, 'GET /\nHost: ', "declined: missing header: ':authority'"],
    ['another header, in other letters', other, 'GET /\nHost: web\nx-svc: foo', '/svc/foo'],
    ['another header that is absent', other, 'GET /\nHost: web', "declined: missing header: 'X-Svc'"],
  ],
  'h2',
);
