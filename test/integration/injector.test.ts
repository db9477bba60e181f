import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { InjectorProcess } from '#test/cluster/injector-process.ts';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

function heddle(
  args: readonly string[],
  input = '',
): Promise<{ readonly status: number | null; readonly out: string; readonly err: string }> {
  const child = spawn(`${root}bin/heddle`, args);
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  child.stdin.end(input);
  return new Promise((done, failed) =>
    child.once('error', failed).once('close', (status) => done({ status, out, err })),
  );
}

test('heddle injector serves without a cluster until SIGTERM, and ends with 0', async (t) => {
  const namespaces = join(temporaryDirectory(t), 'namespaces.yaml');
  writeFileSync(namespaces, 'kind: Namespace\nmetadata: {name: shop}\n');
  const injector = await InjectorProcess.start([
    '--standalone',
    '--drain-seconds=0',
    `--namespaces=${namespaces}`,
    `--linker-config=${root}manifests/linker`,
  ]);
  t.after(() => injector.kill());
  assert.match((await injector.get('/metrics')).text, /heddle_injector_namespaces 1\n/);
  assert.equal(await injector.stop(), 0);
});

test('heddle injector says what is wrong and ends with 1', async () => {
  const { status, err } = await heddle(['injector', '--standalone', '--default-mode=all', '--port=x']);
  assert.equal(status, 1);
  assert.match(err, /^heddle: --default-mode: .*\n--port: /);
  const missing = await heddle(['injector', '--standalone', '--linker-config=/nowhere']);
  assert.deepEqual([missing.status, /ENOENT.*\/nowhere\/sidecar.yaml/.test(missing.err)], [1, true]);
});

test('heddle inject reads standard input, prints manifests, and says on the side what it did', async () => {
  const pod = '# mine\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: app}]}\n';
  const { status, out, err } = await heddle(['inject', '-f', '-', '-n', 'shop', '--default-mode=node'], pod);
  assert.deepEqual([status, err], [0, 'pod/a: injected, node\n']);
  assert.match(out, /^# mine\n[\s\S]*heddle\.io\/linked: node/);
  const again = await heddle(['inject', '-f', '-', '-n', 'shop', '--default-mode=node'], out);
  assert.deepEqual([again.out, again.err], [out, 'pod/a: already-injected, node\n']);
});

test('heddle install prints manifests', async () => {
  const { status, out, err } = await heddle(['install', '--failure-policy=Fail', '--upper-case-env']);
  assert.deepEqual([status, err], [0, '']);
  assert.match(out, /failurePolicy: Fail/);
  assert.match(out, /- injector\n\s+- --upper-case-env\n/);
});
