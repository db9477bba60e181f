import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAuthority, isDestination } from './authority.ts';

test('an authority is a host and a port, if any', () => {
  for (const good of [
    '',
    'web',
    'Web.ns.svc:80',
    'a_b-c.d~e',
    '10.0.0.1:8080',
    '[::1]',
    '[fe80::1%25eth0]:80',
    'web:',
    'a,b;c',
    '%41',
  ])
    assert.ok(isAuthority(good), good);
  for (const bad of [
    'a b',
    'a/b',
    'a?b',
    'a#b',
    'u@a',
    'a:b',
    'a:80:80',
    '::1',
    '[::1',
    '[]',
    'a"b',
    'a\\b',
    'a\xe9',
    'a\tb',
    '[::1]x',
    '<a>',
  ])
    assert.ok(!isAuthority(bad), bad);
});

test('a destination has both', () => {
  for (const good of ['web:443', '10.0.0.1:1', '[::1]:65535']) assert.ok(isDestination(good), good);
  for (const bad of [
    '',
    'web',
    'web:',
    ':443',
    'web:0',
    'web:65536',
    'web:http',
    'http://web:80',
    '/a',
    'web:443/',
    'u@web:443',
    '*',
  ])
    assert.ok(!isDestination(bad), bad);
});
