import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identifyTests } from '#test/helpers/identify.ts';
import { h2IdentifierKinds } from './kinds.ts';

const all = [{ kind: 'io.l5d.header.path' }];
const one = [{ kind: 'io.l5d.header.path', segments: 1 }];
const other = [{ kind: 'io.l5d.header.path', header: 'X-Path', segments: 2 }];

identifyTests(
  'io.l5d.header.path takes the segments of :path',
  [
    ['all without a number', all, 'POST /a.B/C\nHost: web', '/svc/a.B/C'],
    ['the service of a gRPC call', one, 'POST /helloworld.Greeter/SayHello\nHost: web', '/svc/helloworld.Greeter'],
    ['a query is no part of it', all, 'GET /a?b=/c\nHost: web', '/svc/a'],
    ['a slash at the end makes no segment', all, 'GET /a/b/\nHost: web', '/svc/a/b'],
    ['other characters are escaped', one, 'GET /a~b\nHost: web', '/svc/\\x61\\x7e\\x62'],
    ['no segment', all, 'GET /\nHost: web', 'declined: Missing destination path'],
    ['an empty segment cannot be a name', all, 'GET /a//b\nHost: web', 'declined: Missing destination path'],
    ['another header', other, 'GET /\nX-Path: /x/y/z', '/svc/x/y'],
    ['too few', other, 'GET /\nX-Path: /x', 'declined: Path must have at least 2 segment(s)'],
    ['another header that is absent', other, 'GET /', 'declined: Path must have at least 2 segment(s)'],
  ],
  'h2',
);

test('no segments at all are no name', () => {
  const config = { kind: 'io.l5d.header.path', segments: 0 };
  assert.throws(() => h2IdentifierKinds.schema.parse(config), /must be >= 1/);
});
