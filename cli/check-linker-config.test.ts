import assert from 'node:assert/strict';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { said } from '#test/helpers/said.ts';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { checkLinkerConfig } from './check-linker-config.ts';

/** What is said of a configuration with this text, where the file is called `it`. */
function checked(t: TestContext, text: string) {
  const file = join(temporaryDirectory(t), 'linker.yaml');
  writeFileSync(file, text);
  const { result, out, err } = said(t, () => checkLinkerConfig(file, {}));
  return { good: result, out: out.replaceAll(file, 'it'), err: err.replaceAll(file, 'it') };
}

test('a good configuration is counted: all its routers, and the servers of all of them', (t) => {
  const router = (label: string, ports: readonly number[]) =>
    `- {protocol: http, label: ${label}, servers: [${ports.map((port) => `{port: ${port}}`).join()}]}\n`;
  const text = `routers:\n${router('a', [1, 2])}${router('b', [3])}`;
  assert.deepEqual(checked(t, text), { good: true, out: 'it: good, routers: 2, servers: 3\n', err: '' });
});

test('what is wrong is said all at once, each with its place, and nothing is called good', (t) => {
  const { good, out, err } = checked(t, 'routers: []\nnope: 1\nadmin: {port: x}\n');
  assert.deepEqual([good, out], [false, '']);
  const places = err
    .trimEnd()
    .split('\n')
    .map((line) => /^it:\d+:\d+: /.exec(line)?.[0]);
  assert.deepEqual(places, ['it:1:10: ', 'it:2:1: ', 'it:3:15: ']);
});

test('what is odd does not make a configuration bad, and is told from what is wrong', (t) => {
  const text = 'routers: [{protocol: http, servers: [{port: 0}]}]\ntelemetry: [{kind: io.l5d.zipkin, host: z}]\n';
  const { good, out, err } = checked(t, text);
  assert.deepEqual([good, out], [true, 'it: good, routers: 1, servers: 1\n']);
  assert.match(err, /^it:2:\d+: .* \(warning\)\n$/);
});

test('text that is no YAML is a bad configuration, with the place', (t) => {
  const { good, out, err } = checked(t, 'routers: [\n');
  assert.deepEqual([good, out], [false, '']);
  assert.match(err, /^it:\d+:\d+: /);
});

test('a file that cannot be read is a bad configuration: the files after it are still looked at', (t) => {
  const folder = temporaryDirectory(t);
  const loop = join(folder, 'loop');
  symlinkSync(loop, loop);
  for (const file of [join(folder, 'missing'), folder, loop, join(folder, 'x'.repeat(300))]) {
    const { result, out, err } = said(t, () => checkLinkerConfig(file, {}));
    assert.deepEqual([result, out], [false, '']);
    assert.match(err, /^config (is not a file|cannot be read): [^\n]+\n$/);
    assert.ok(err.includes(file));
  }
});
