import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestHead } from '../router/request-head.ts';
import { destination } from './destination.ts';

test('the name is that of the linker before; without one, or without a path, there is none', () => {
  const identifier = destination.make({ kind: 'io.heddle.destination' }, undefined);
  const head = new RequestHead();
  assert.equal(identifier.identify(head), undefined);
  head.dstService = '/svc/mysql';
  assert.equal(identifier.identify(head), '/svc/mysql');
  head.dstService = 'mysql';
  assert.equal(identifier.identify(head), undefined);
});
