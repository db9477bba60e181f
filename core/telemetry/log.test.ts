import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const log = fileURLToPath(new URL('./log.ts', import.meta.url));

test('the log is JSON lines on standard error, standard output stays free, and lower levels are left out', () => {
  const script = `
    const { processLog } = await import(${JSON.stringify(log)});
    const log = processLog('linker', 'info');
    log.debug({}, 'not shown');
    log.info({ port: 4140 }, 'serving http');
    log.level = 'error';
    log.warn({}, 'not shown either');
    log.error({ router: 'a' }, 'lost');`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(stdout, '');
  const lines = stderr
    .trim()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line));
  assert.deepEqual(
    lines.map(({ time, ...rest }) => rest),
    [
      { level: 'info', name: 'linker', port: 4140, msg: 'serving http' },
      { level: 'error', name: 'linker', router: 'a', msg: 'lost' },
    ],
  );
  assert.ok(lines.every(({ time }) => !Number.isNaN(Date.parse(String(time)))));
});
