import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { identify, identifyTests, requestHead } from '#test/helpers/identify.ts';

const one = [{ kind: 'io.l5d.path' }];
const two = [{ kind: 'io.l5d.path', segments: 2 }];
const consuming = [{ kind: 'io.l5d.path', segments: 2, consume: true }];
const tooFew = 'declined: not enough segments in path';

identifyTests('io.l5d.path takes the first segments of the URI', [
  ['one unless told otherwise', one, 'GET /foo/bar?x=1\nHost: web', '/svc/foo'],
  ['two', two, 'GET /a/b/c\nHost: web', '/svc/a/b'],
  ['a query is no part of it', one, 'GET /foo?/bar\nHost: web', '/svc/foo'],
  ['escapes stay', one, 'GET /a%2Fb\nHost: web', '/svc/a%2Fb'],
  ['other characters are escaped', one, 'GET /a~b\nHost: web', '/svc/\\x61\\x7e\\x62'],
  ['no segment', one, 'GET /\nHost: web', tooFew],
  ['a query alone', one, 'GET /?a/b\nHost: web', tooFew],
  ['OPTIONS *', one, 'OPTIONS *\nHost: web', tooFew],
  ['one of two', two, 'GET /a\nHost: web', tooFew],
  ['a slash at the end makes no segment', two, 'GET /a/\nHost: web', tooFew],
  ['nor do several', two, 'GET /a//\nHost: web', tooFew],
  ['an empty one cannot be a name', one, 'GET //foo\nHost: web', 'badName: requirement failed'],
  ['nor can one in the middle', two, 'GET /a//b\nHost: web', 'badName: requirement failed'],
]);

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
      const head = requestHead(`GET ${from}\nHost: web`);
      assert.equal(identify(consuming, head), '/svc/a/b');
      assert.equal(head.uri, to);
    });
  }

  test('leaves a URI it declines or refuses alone', () => {
    for (const uri of ['/a?x=/b', '//b']) {
      const head = requestHead(`GET ${uri}\nHost: web`);
      assert.match(identify(consuming, head), /^(declined|badName)/);
      assert.equal(head.uri, uri);
    }
  });
});
