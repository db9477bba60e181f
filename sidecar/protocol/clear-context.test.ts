import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestHead } from '../router/request-head.ts';
import { ResponseHead } from '../router/response-head.ts';
import { clearLines, clearRequest, clearResponse } from './clear-context.ts';

test('nothing a caller says to the mesh is left in a request, and nothing else goes', () => {
  const head = new RequestHead();
  const told = [
    ...(['ctxTrace', 'ctxDeadline', 'ctxDtab', 'userDtab', 'sample', 'residual', 'dstService', 'dstClient'] as const),
  ];
  for (const member of told) head[member] = 'x';
  head.host = 'web';
  head.via = '1.1 a';
  head.lines = 'l5d-x: 1\r\nHost: web\r\nL5D-Y:\r\nX-l5d-z: 2\r\nA: l5d-b: 3\r\nl5d-last: 4\r\n';
  clearRequest(head);
  for (const member of told) assert.equal(head[member], '', member);
  assert.equal(head.lines, 'Host: web\r\nX-l5d-z: 2\r\nA: l5d-b: 3\r\n');
  assert.deepEqual([head.host, head.via], ['web', '1.1 a']);
});

test('nothing of the mesh is left in a response', () => {
  const head = new ResponseHead();
  head.lines = 'A: 1\r\nl5d-err: x\r\nL5d-Success-Class: 1.0\r\nB: 2\r\n';
  assert.equal(clearResponse(head), true, 'its body tells of the mesh too');
  assert.equal(head.lines, 'A: 1\r\nB: 2\r\n');
  head.lines = 'A: 1\r\nl5d-success-class: 1.0\r\n';
  assert.equal(clearResponse(head), false, 'its body is the application’s');
});

test('nor in trailers', () => {
  assert.equal(clearLines('grpc-status: 0\r\nl5d-success-class: 1.0\r\n'), 'grpc-status: 0\r\n');
});
