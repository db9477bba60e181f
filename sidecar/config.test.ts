import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from '#core/config/problem.ts';
import { loadLinkerConfig } from './config.ts';

function problems(text: string): readonly string[] {
  try {
    loadLinkerConfig(text, 'f');
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems.map((p) => `${p.late ? 'late: ' : ''}${p.key}: ${p.text}`);
  }
}

test('linkerd1: admin default loopback: a minimal file has the defaults of Linkerd', () => {
  const { admin, namers, telemetry, routers } = loadLinkerConfig(
    'routers: [{protocol: http, servers: [{}]}]',
    'f',
  ).value;
  assert.deepEqual([admin.ip, admin.port, admin.shutdownGraceMs], ['127.0.0.1', 9990, 10_000]);
  assert.deepEqual([namers, telemetry, routers.length], [[], [], 1]);
});

test('linkerd1: port conflict check: conflicts between parts are found, and known to be late', () => {
  assert.deepEqual(problems('admin: {port: 1}'), [
    'late: routers: At least one router must be specified in the configuration.',
  ]);
  assert.deepEqual(problems('routers: [{protocol: http, label: a}]'), [
    "late: routers[0]: router 'a' has no servers: servers is a list",
  ]);
  assert.deepEqual(problems('routers: [{protocol: http, servers: [{port: 0}, {port: 0}]}]'), [
    'late: routers[0].servers[1].port: Server conflict on port 0: routers[0].servers[0] has it',
  ]);
});

test('linkerd1: label uniqueness: conflicts are found beside other mistakes, and a part that is wrong in itself has none', () => {
  const text = 'routers: [{protocol: http, servers: [{port: 1}, {port: 1, nope: 1}]}, {protocol: http, servers: 5}]';
  const found = problems(text).map((line) => line.replace(/(allowed here are port, ip).*/, '$1'));
  assert.deepEqual(found, [
    'late: routers[0].servers[1].port: Server conflict on port 1: routers[0].servers[0] has it',
    'routers[0].servers[1].nope: unknown key: allowed here are port, ip',
    'late: routers[1].label: Multiple routers with the label http: each needs its own',
    'routers[1].servers: 5 is not a list',
  ]);
});

test('one port on two addresses is no conflict, a label like that of the protocol is', () => {
  const server = (ip: string): string => `servers: [{port: 1, ip: ${ip}}]`;
  assert.deepEqual(
    problems(`routers: [{protocol: http, ${server('127.0.0.1')}}, {protocol: http, label: b, ${server('127.0.0.2')}}]`),
    [],
  );
  assert.equal(
    problems(`routers: [{protocol: http, ${server('::1')}}, {protocol: http, label: http, ${server('127.0.0.2')}}]`)
      .length,
    1,
  );
});
