import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadLinkerConfig } from '../config.ts';

const complaint = (router: string): string => {
  try {
    loadLinkerConfig(`routers:\n- protocol: tcp\n${router}`, 'linker.yaml');
    return '';
  } catch (error) {
    return String(error);
  }
};

test('a port is for a name, or for linkers, which say their names', () => {
  assert.equal(complaint('  servers: [ { port: 3306, dst: /svc/mysql } ]'), '');
  assert.equal(complaint('  servers: [ { port: 4144, multiplex: true } ]'), '');
  assert.equal(complaint('  identifier: { kind: io.l5d.static, path: /mysql }\n  servers: [ { port: 3306 } ]'), '');
  assert.match(
    complaint('  servers: [ { port: 3306 } ]'),
    /3:14: routers\[0\]\.servers\[0\]: where do connections go\?/,
  );
  assert.match(complaint('  servers: [ { port: 3306, dst: /svc/mysql, multiplex: true } ]'), /either `dst`/);
});

test('what only requests have is unknown', () => {
  assert.match(complaint('  servers: [ { port: 3306, dst: /svc/a, clearContext: true } ]'), /unknown key/i);
  assert.match(
    complaint('  identifier: { kind: io.l5d.path }\n  servers: [ { port: 1, dst: /svc/a } ]'),
    /tcp identifier/,
  );
  assert.match(
    complaint('  client: { forwardClientCert: true }\n  servers: [ { port: 1, dst: /svc/a } ]'),
    /unknown key/i,
  );
  assert.match(complaint('  idleTimeoutMs: 0\n  servers: [ { port: 1, dst: /svc/a } ]'), /idleTimeoutMs/);
  assert.match(complaint('  servers: [ { dst: /svc/a } ]'), /port.*required/);
});
