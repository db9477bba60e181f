import { identifyTests } from '#test/helpers/identify.ts';

const usual = [{ kind: 'io.l5d.header' }];
const other = [{ kind: 'io.l5d.header', header: 'X-Path' }];
const endless = "unidentified: label char expected but end of input found at '/a/[]'";

identifyTests('io.l5d.header takes the path in a header', [
  ['l5d-name unless told otherwise', usual, 'GET /\nl5d-name: /a/b', '/svc/a/b'],
  ['absent', usual, 'GET /\nHost: web', 'declined: l5d-name header is absent'],
  ['empty', usual, 'GET /\nl5d-name: ', 'declined: l5d-name header is absent'],
  ['another header', other, 'GET /\nX-Path: /a/b/c', '/svc/a/b/c'],
  ['without a slash', other, 'GET /\nX-Path: a', "unidentified: '/' expected but 'a' found at '[a]'"],
  ['only a slash', other, 'GET /\nX-Path: /', '/svc'],
  ['a slash at the end', other, 'GET /\nX-Path: /a/', endless],
  ['a refusal ends the list', [...other, { kind: 'io.l5d.static', path: '/x' }], 'GET /\nX-Path: /a/', endless],
]);
