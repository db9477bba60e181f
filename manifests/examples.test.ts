import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { injectManifests } from '#cli/inject-manifests.ts';
import { freePorts } from '#test/helpers/free-port.ts';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { eventually } from '#test/helpers/within.ts';
import { linkers, mesh } from '#test/inject/scene.ts';

const text = readFileSync(new URL('examples/hello-world.yaml', import.meta.url), 'utf8');

test('of hello and world, one gets a sidecar and the other the linker of its node', () => {
  const { report } = injectManifests(text, { mesh, linkers, namespace: 'default' });
  assert.deepEqual(report, ['deployment/hello: injected, sidecar', 'deployment/world: injected, node']);
});

test('the program of the example does what it says', async (t) => {
  const [config] = parseAllDocuments(text).map((document) => document.toJS() as { data: Record<string, string> });
  const program = join(temporaryDirectory(t), 'app.mjs');
  writeFileSync(program, config?.data['app.mjs'] ?? '');
  const [hello = 0, world = 0] = await freePorts(2);
  for (const env of [
    { PORT: String(world), TEXT: 'world' },
    { PORT: String(hello), TEXT: 'hello', TARGET: `http://127.0.0.1:${world}` },
  ]) {
    const child = spawn(process.execPath, [program], { env: { HOST: '127.0.0.1', ...env }, stdio: 'inherit' });
    t.after(() => child.kill('SIGKILL'));
  }
  const ask = (): Promise<string | undefined> =>
    fetch(`http://127.0.0.1:${hello}`)
      .then((r) => (r.ok ? r.text() : undefined))
      .catch(() => undefined);
  assert.equal(await eventually(ask, 'hello answers'), 'hello world\n');
});
