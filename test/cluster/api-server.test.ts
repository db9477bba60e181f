import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { eventually } from '#test/helpers/within.ts';
import { ApiServer } from './api-server.ts';
import { GuardedProcess } from './guarded-process.ts';

test('the API server keeps what it was given over a restart, and leaves nothing behind', async () => {
  const api = await ApiServer.start();
  assert.ok(await listens(api.port));
  await api.kubectl(['create', 'namespace', 'kept']);
  await assert.rejects(api.kubectl(['create', 'namespace', 'kept']), /namespaces "kept" already exists/);
  await api.restart(0);
  assert.match(await api.kubectl(['get', 'namespace', 'kept', '-o', 'name']), /^namespace\/kept$/m);
  await api.stop();
  assert.equal(existsSync(api.folder), false);
  assert.ok(!(await listens(api.port)));
});

test('with the controller manager a deployment makes pods, in the name of the default service account', async (t) => {
  const api = await ApiServer.start({ controllerManager: true });
  t.after(() => api.stop());
  await api.kubectl(['create', 'deployment', 'web', '--image=example.org/web']);
  const pods = '/api/v1/namespaces/default/pods';
  const pod = await eventually(
    async () => {
      const { items } = (await api.send('GET', pods)) as { items: { spec: { serviceAccountName: string } }[] };
      return items[0];
    },
    'a pod is there',
    20_000,
  );
  assert.equal(pod.spec.serviceAccountName, 'default');
});

test('all processes and files are gone soon after a test process was killed', async () => {
  const script = `
    import { ApiServer } from '${join(import.meta.dirname, 'api-server.ts')}';
    const api = await ApiServer.start();
    process.stdout.write(JSON.stringify({ port: api.port, folder: api.folder }) + '\\n');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((done) => child.stdout.once('data', (data: Buffer) => done(String(data))));
  const { port, folder } = JSON.parse(line) as { port: number; folder: string };
  assert.ok(await listens(port));
  child.kill('SIGKILL');
  const gone = async () => ((await listens(port)) || existsSync(folder) ? undefined : true);
  await eventually(gone, 'it is gone');
});

test('a program that ends by itself is reported with the end of its log', async (t) => {
  const log = join(temporaryDirectory(t), 'log');
  const program = new GuardedProcess('echo', 'sh', ['-c', 'echo said before the end; exit 7'], log);
  const error = await eventually(() => {
    try {
      program.check();
      return undefined;
    } catch (thrown) {
      return thrown as Error;
    }
  }, 'it has ended');
  assert.match(error.message, /^echo ended with status 7:\nsaid before the end/);
});

/** Whether anyone takes connections at this port. */
function listens(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}
