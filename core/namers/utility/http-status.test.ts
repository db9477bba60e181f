import assert from 'node:assert/strict';
import { test } from 'node:test';
import { valueNow } from '#test/helpers/state-now.ts';
import { Path } from '../../naming/path.ts';
import { httpStatusKey, httpStatusNamer } from './http-status.ts';

test('a status is a cluster with one address that the data path knows by its mark', () => {
  const tree = valueNow(httpStatusNamer.lookup(Path.read('/418/a')));
  assert.ok(tree.kind === 'leaf' && tree.value.kind === 'bound');
  const { id, residual, addr } = tree.value;
  assert.deepEqual([id.show, residual.show], ['/$/io.buoyant.http.status/418', '/a']);
  const answer = valueNow(addr);
  assert.ok(answer.kind === 'bound' && answer.addresses.length === 1);
  assert.deepEqual(answer.addresses[0]?.meta, { [httpStatusKey]: '418' });
});

test('what is no status is neg', () => {
  for (const code of ['/', '/4', '/abc', '/1000', '/099', '/-40']) {
    assert.equal(valueNow(httpStatusNamer.lookup(Path.read(code))).kind, 'neg', code);
  }
});
