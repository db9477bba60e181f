import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { version } from '#core/version.ts';
import { linkerTexts } from '#manifests/linker-texts.ts';
import { said } from '#test/helpers/said.ts';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { linkerConfigFor, readLinkerConfig } from '#webhook/linker-config.ts';
import { runInject } from './run-inject.ts';

const pod = '# mine\napiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: app\n';

function injected(t: TestContext, options: object = {}, source = pod) {
  const filename = join(temporaryDirectory(t), 'pod.yaml');
  writeFileSync(filename, source);
  const { out, err } = said(t, () => runInject({ filename, namespace: 'shop', ...options }));
  return { out, err, pod: parseDocument(out) };
}

const configOf = (shown: ReturnType<typeof injected>): unknown =>
  shown.pod.getIn(['metadata', 'annotations', 'heddle.io/linker-config']);

test('manifests go to standard output and can be applied; what was done goes to standard error', (t) => {
  const { out, err, pod } = injected(t);
  assert.match(out, /^# mine\n/);
  assert.deepEqual(pod.errors, []);
  assert.equal(pod.getIn(['spec', 'initContainers', 0, 'name']), 'heddle-linker');
  assert.equal(err, 'pod/web: injected, sidecar\n');
});

test('what has nothing to inject comes out byte by byte as it went in', (t) => {
  const source = 'kind:   ConfigMap # odd   spaces\ndata: {a:   "b"}\n';
  assert.deepEqual([injected(t, {}, source).out, injected(t, {}, source).err], [source, '']);
});

test('sidecars are of this version, and configured as shipped for the namespace that is given', (t) => {
  const shown = injected(t);
  assert.equal(shown.pod.getIn(['spec', 'initContainers', 0, 'image']), `heddle:${version}`);
  const shipped = readLinkerConfig('sidecar.yaml', linkerTexts().sidecar);
  assert.equal(configOf(shown), linkerConfigFor(shipped, 'shop'));
});

test("a folder's configurations are used in the place of those shipped", (t) => {
  const linkerConfig = temporaryDirectory(t);
  const text = 'routers:\n- {label: outgoing, servers: [{port: 1}]}\n- {label: incoming, servers: [{port: 2}]}\n';
  for (const name of ['sidecar.yaml', 'node.yaml']) writeFileSync(join(linkerConfig, name), text);
  assert.equal(configOf(injected(t, { linkerConfig })), text);
});

test('flags of the mesh hold', (t) => {
  const shown = injected(t, { defaultMode: 'node', meshNamespace: 'other' });
  assert.equal(shown.err, 'pod/web: injected, node\n');
  assert.match(shown.out, /http:\/\/heddle-linker\.other\.svc\./);
});

test('where something is wrong nothing is printed', (t) => {
  const nothing = temporaryDirectory(t);
  for (const [options, message] of [
    [{ defaultMode: 'both' }, /^--default-mode: /],
    [{ filename: join(nothing, 'missing.yaml') }, /missing\.yaml/],
    [{ linkerConfig: nothing }, /sidecar\.yaml/],
  ] as const) {
    const { result, out, err } = said(t, () => {
      try {
        runInject({ filename: join(nothing, 'x'), namespace: 'shop', ...options });
      } catch (error) {
        return error;
      }
      return undefined;
    });
    assert.match((result as Error).message, message);
    assert.deepEqual([out, err], ['', '']);
  }
});

test('- is standard input', () => {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, [main, 'inject', '-f', '-'], { encoding: 'utf8', input: pod });
  assert.match(stdout, /^# mine\n[\s\S]*heddle-linker/);
  assert.equal(stderr, 'pod/web: injected, sidecar\n');
});
