import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RequestHead } from '../../router/request-head.ts';
import { absolute, beginsVersion, digits, firstWord, methodAt, reasonAt, versionAt } from './start-line.ts';

const on = <T>(read: (bytes: Buffer, from: number, to: number) => T, text: string): T => {
  const bytes = Buffer.from(`##${text}##`, 'latin1');
  return read(bytes, 2, 2 + Buffer.byteLength(text, 'latin1'));
};

test('only HTTP/1.0 and HTTP/1.1 are versions', () => {
  assert.equal(on(versionAt, 'HTTP/1.1'), 1);
  assert.equal(on(versionAt, 'HTTP/1.0'), 0);
  for (const other of ['HTTP/1.2', 'HTTP/2.0', 'http/1.1', 'HTTP/11', 'HTTP-1.1'])
    assert.equal(on(versionAt, other), -1);
});

test('what cannot become a version is known from its first wrong byte', () => {
  const line = ' HTTP/1.';
  for (let n = 0; n <= line.length; n++)
    assert.equal(
      on((b, from) => beginsVersion(b, from, from + n), line),
      true,
    );
  for (const other of ['\r\n', ' \r\n', ' HTTP/2', ' http', '\tHTTP']) assert.equal(on(beginsVersion, other), false);
});

test('a length is digits that a number holds exactly', () => {
  fc.assert(fc.property(fc.nat(), (n) => assert.equal(on(digits, String(n)), n)));
  assert.equal(on(digits, '999999999999999'), 999_999_999_999_999);
  for (const bad of ['', '+1', '-1', ' 1', '1 ', '0x1', '1,1', '1000000000000000']) assert.equal(on(digits, bad), -1);
});

test('methods and reasons are what stands there', () => {
  for (const text of ['GET', 'POST', 'PUT', 'GETS', 'get']) assert.equal(on(methodAt, text), text);
  for (const text of ['OK', 'Okay', ''])
    assert.equal(
      on((b, from, to) => reasonAt(b, from, to, 200), text),
      text,
    );
});

test('an error quotes printable text only, and little of it', () => {
  assert.equal(on(firstWord, 'SSH-2.0 x'), 'SSH-2.0');
  assert.equal(on(firstWord, '\x16\x03\x01'), '');
  assert.equal(on(firstWord, 'x'.repeat(100)).length, 32);
});

/** What becomes of a target: Host and target, or undefined where it is malformed. */
function target(uri: string, method = 'GET'): [string, string] | undefined {
  const head = new RequestHead();
  head.method = method;
  head.uri = uri;
  head.host = 'other';
  return absolute(head) ? [head.host, head.uri] : undefined;
}

test('an absolute target gives the Host, and the user in it nothing', () => {
  assert.deepEqual(target('http://web/x?y=1'), ['web', '/x?y=1']);
  assert.deepEqual(target('HTTPS://web:8443'), ['web:8443', '/']);
  assert.deepEqual(target('http://u:p@web?q'), ['web', '/?q']);
  assert.deepEqual(target('http://[::1]:80/'), ['[::1]:80', '/']);
  assert.deepEqual(target('http://web', 'OPTIONS'), ['web', '*']);
  assert.deepEqual(target('*', 'OPTIONS'), ['other', '*']);
  assert.equal(target('*'), undefined);
  for (const bad of ['http://', 'http:///x', 'https://we b/', 'http://:80/', 'http://a@b@c/', 'http://web:x/'])
    assert.equal(target(bad), undefined);
});

test('the target of CONNECT is a host and a port, and the Host', () => {
  assert.deepEqual(target('web:443', 'CONNECT'), ['web:443', 'web:443']);
  for (const bad of ['web', '/', '*', 'http://web:443', 'web:0']) assert.equal(target(bad, 'CONNECT'), undefined);
});
