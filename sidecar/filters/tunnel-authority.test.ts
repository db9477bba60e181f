import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, Desk } from '#test/helpers/exchanges.ts';
import { compose } from '../router/service.ts';
import { tunnelAuthority } from './tunnel-authority.ts';

function asked(prefix: string, path: string, host = ''): string {
  const { x } = call({ method: 'CONNECT', host });
  x.path = path;
  compose([tunnelAuthority(prefix)], new Desk()).send(x);
  return x.request.host;
}

test('the next linker is asked for the name without the prefix, with the port the caller came to', () => {
  assert.equal(asked('/svc', '/svc/mysql'), 'mysql:4140');
  assert.equal(asked('/', '/mysql.prod'), 'mysql.prod:4140');
  assert.equal(asked('/svc', '/other'), 'other:4140');
});

test('a name with a port has it already, and one that is no host is said elsewhere', () => {
  assert.equal(asked('/svc', '/svc/mysql:3306'), 'mysql:3306');
  assert.equal(asked('/svc', '/svc/a/b'), 'tunnel:4140');
  assert.equal(asked('/svc', '/svc/a\\x20b'), 'tunnel:4140');
});

test('what the caller has asked for stays', () => {
  assert.equal(asked('/svc', '/svc/mysql', 'db:3306'), 'db:3306');
});
