import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestHead } from '../router/request-head.ts';
import { ResponseHead } from '../router/response-head.ts';
import { Field, requestNames, responseNames, takeRequestField, takeResponseField } from './mesh-fields.ts';

test('names are in lower case, as codecs look them up', () => {
  for (const name of [...Object.keys(requestNames), ...Object.keys(responseNames)])
    assert.equal(name, name.toLowerCase());
});

test('what a request tells the mesh goes into the members of its head', () => {
  const head = new RequestHead();
  const told: readonly (readonly [name: string, value: string])[] = [
    ['via', '1.1 a'],
    ['via', '1.0 b'],
    ['l5d-ctx-trace', 'first'],
    ['l5d-ctx-trace', 'second'],
    ['l5d-ctx-deadline', '1 2'],
    ['l5d-ctx-deadline', '3 4'],
    ['l5d-ctx-dtab', '/a=>/b'],
    ['l5d-ctx-dtab', '/c=>/d'],
    ['l5d-dtab', '/e=>/f'],
    ['l5d-dtab', '/g=>/h'],
    ['l5d-sample', '0'],
    ['l5d-sample', '1'],
    ['l5d-dst-residual', '/r'],
    ['l5d-dst-service', '/svc/a'],
    ['l5d-dst-client', '/#/a'],
  ];
  for (const [name, value] of told) takeRequestField(head, requestNames[name] ?? Field.other, value);
  assert.equal(head.via, '1.1 a, 1.0 b');
  assert.equal(head.ctxTrace, 'first');
  assert.equal(head.ctxDeadline, '1 2\r3 4');
  assert.equal(head.ctxDtab, '/a=>/b\r/c=>/d');
  assert.equal(head.userDtab, '/e=>/f\r/g=>/h');
  assert.equal(head.sample, '1');
  assert.deepEqual([head.residual, head.dstService, head.dstClient], ['/r', '/svc/a', '/#/a']);
  assert.equal(head.lines, '');
});

test('what a response tells the mesh is read, and passed on where callers may read it too', () => {
  const head = new ResponseHead();
  const passed = (name: string, value: string) => takeResponseField(head, responseNames[name] ?? Field.other, value);
  assert.equal(passed('via', '1.1 a'), '');
  assert.equal(passed('via', '1.1 b'), '');
  assert.equal(passed('l5d-success-class', '0.5'), '');
  assert.equal(passed('l5d-retryable', 'no'), 'l5d-retryable: no\r\n');
  assert.equal(head.retryable, false);
  assert.equal(passed('l5d-retryable', 'true'), 'l5d-retryable: true\r\n');
  assert.equal(passed('finagle-http-nack', 'x'), 'finagle-http-nack: x\r\n');
  assert.equal(passed('connection', 'close'), '');
  assert.deepEqual([head.via, head.successClass, head.retryable, head.nack], ['1.1 a, 1.1 b', '0.5', true, true]);
});
