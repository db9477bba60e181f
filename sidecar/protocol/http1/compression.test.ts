import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestHead } from '../../router/request-head.ts';
import { codingFor } from './compression.ts';

const text = 'X-A: 1\r\nContent-Type: text/html\r\n';

function coding(accepted: string, lines = text, options: { minor?: 0 | 1; method?: string; all?: boolean } = {}) {
  const head = new RequestHead();
  head.method = options.method ?? 'GET';
  head.minor = options.minor ?? 1;
  head.lines = `Host: web\r\n${accepted === '' ? '' : `Accept-Encoding: ${accepted}\r\n`}`;
  return codingFor(head, lines, { level: 6, textOnly: options.all !== true });
}

for (const [accepted, expected] of [
  ['', undefined],
  ['gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['gzip, deflate, br', 'gzip'],
  ['gzip;q=0.5, deflate', 'deflate'],
  ['GZIP', 'gzip'],
  ['x-gzip', 'gzip'],
  ['*', 'gzip'],
  ['*;q=0.1, gzip;q=0', 'deflate'],
  ['gzip;q=0', undefined],
  ['gzip; q=0', undefined],
  ['gzip;q=nonsense', undefined],
  ['br, identity', undefined],
] as const) {
  test(`of ${JSON.stringify(accepted)} the answer is ${expected ?? 'not compressed'}`, () => {
    assert.equal(coding(accepted), expected);
  });
}

test('linkerd1: response compression of text types: texts are compressed, and nothing else', () => {
  const of = (type: string) => coding('gzip', `content-type: ${type}\r\n`);
  const texts = ['text/plain', 'TEXT/CSS; charset=x', 'application/json', 'application/ld+json', 'application/rss+xml'];
  for (const type of [...texts, 'application/javascript', 'application/xml', 'image/svg+xml'])
    assert.equal(of(type), 'gzip', type);
  for (const type of ['image/png', 'application/octet-stream', 'application/grpc', 'application/jsonish/x'])
    assert.equal(of(type), undefined, type);
  assert.equal(coding('gzip', 'X-Content-Type: text/plain\r\n'), undefined, 'no type');
});

test('with a level everything is compressed', () => {
  assert.equal(coding('gzip', 'Content-Type: image/png\r\n', { all: true }), 'gzip');
});

test('what is compressed already, a part, or not to be touched stays as it is', () => {
  for (const line of [
    'Content-Encoding: br',
    'content-encoding:gzip',
    'Content-Range: bytes 0-1/2',
    'Cache-Control: private, no-transform',
  ])
    assert.equal(coding('gzip', `${text}${line}\r\n`), undefined, line);
  assert.equal(coding('gzip', `${text}Content-Encoding: identity\r\n`), 'gzip');
});

test('answers to HTTP/1.0 and to HEAD are not compressed', () => {
  assert.equal(coding('gzip', text, { minor: 0 }), undefined);
  assert.equal(coding('gzip', text, { method: 'HEAD' }), undefined);
});
