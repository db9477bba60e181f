import { identifyTests } from '#test/helpers/identify.ts';

const fixed = [{ kind: 'io.l5d.static', path: '/foo/bar' }];

identifyTests('io.l5d.static gives its path', [
  ['to any request', fixed, 'GET /x\nHost: web', '/svc/foo/bar'],
  ['without a Host', fixed, 'GET /x', '/svc/foo/bar'],
  ['escaped where it was', [{ kind: 'io.l5d.static', path: '/a\\x20b' }], 'GET /', '/svc/\\x61\\x20\\x62'],
]);
