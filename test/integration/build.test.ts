import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

describe('a build', () => {
  const dist = temporaryDirectory({ after });
  before(async () => {
    await run(process.execPath, [join(root, 'scripts/build.ts'), dist], { cwd: tmpdir() });
  });
  const node = async (file: string, ...words: string[]): Promise<string> =>
    (await run(process.execPath, [join(dist, file), ...words], { cwd: tmpdir() })).stdout;

  test('is one file a process, with the linkers’ configurations beside them', () => {
    const programs = readdirSync(dist).filter((name) => name.endsWith('.cjs'));
    assert.deepEqual(programs.sort(), ['heddle.cjs', 'injector.cjs', 'linker.cjs', 'worker.cjs']);
    assert.deepEqual(readdirSync(join(dist, 'linker')).sort(), ['node.yaml', 'sidecar.yaml']);
  });

  test('has a small linker, without the packages of the injector', () => {
    const linker = readFileSync(join(dist, 'linker.cjs'), 'utf8');
    assert.ok(statSync(join(dist, 'linker.cjs')).size < 1_500_000);
    for (const word of ['node-forge', 'X-Powered-By', 'admissionregistration'])
      assert.equal(linker.includes(word), false, word);
  });

  test('runs without the checkout', async () => {
    const config = join(dist, 'linker.yaml');
    writeFileSync(config, 'routers: [{protocol: http, servers: [{port: 0}]}]\n');
    await node('linker.cjs', '--validate', config);
    assert.match(await node('injector.cjs', '--help'), /^Usage: heddle injector/);
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    assert.match(await node('heddle.cjs', 'version'), new RegExp(version));
    assert.match(await node('heddle.cjs', 'check-config', config), /good, routers: 1/);
  });

  test('has a starter for each of its programs, which finds them through a link too', async () => {
    const link = join(dist, 'link');
    symlinkSync(join(dist, 'heddle'), link);
    const env = { PATH: `${dirname(process.execPath)}:${process.env['PATH']}` };
    const heddle = async (...words: string[]) => (await run(link, words, { cwd: tmpdir(), env })).stdout;
    assert.match(await heddle('--help'), /^Usage: heddle \[options\]/);
    assert.match(await heddle('linker', '--help'), /^Usage: heddle linker/);
    assert.match(await heddle('injector', '--help'), /^Usage: heddle injector/);
  });
});
