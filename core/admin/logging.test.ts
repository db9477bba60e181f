import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LeveledLog, noLog } from '../telemetry/log.ts';
import { loggingRoutes } from './logging.ts';
import { startAdmin } from './server.ts';

type Ask = (path: string, init?: RequestInit) => Promise<Response>;

async function serving(log: LeveledLog, use: (ask: Ask) => Promise<void>): Promise<void> {
  const admin = await startAdmin({ ip: '127.0.0.1', port: 0, routes: loggingRoutes(log, []), log: noLog });
  try {
    await use((path, init) => fetch(`http://127.0.0.1:${admin.port}${path}`, init));
  } finally {
    await admin.close();
  }
}

const shown = async (ask: Ask): Promise<unknown> => (await ask('/logging.json')).json();
const post = { method: 'POST' };

test('linkerd1: /logging(.json): the level is shown, and set by query or by form', () => {
  const log = { ...noLog, level: 'info' };
  return serving(log, async (ask) => {
    assert.deepEqual(await shown(ask), [{ logger: 'root', level: 'INFO' }]);
    assert.equal((await ask('/logging.json?logger=root&level=TRACE', post)).status, 200);
    assert.equal(log.level, 'debug');
    assert.deepEqual(await shown(ask), [{ logger: 'root', level: 'TRACE' }]);
    const form = new URLSearchParams({ logger: 'root', level: 'off' });
    assert.equal((await ask('/logging.json', { ...post, body: form })).status, 200);
    assert.equal(log.level, 'silent');
    assert.match(await (await ask('/logging')).text(), /<td>root<\/td><td>OFF<\/td>/);
  });
});

test('loggers and levels that do not exist change nothing, parameters that are missing are refused', () => {
  const log = { ...noLog, level: 'warn' };
  return serving(log, async (ask) => {
    for (const query of ['logger=no.such&level=DEBUG', 'logger=root&level=LOUD'])
      assert.equal((await ask(`/logging.json?${query}`, post)).status, 200, query);
    for (const query of ['logger=root', 'level=DEBUG', ''])
      assert.equal((await ask(`/logging.json?${query}`, post)).status, 400, query);
    assert.equal((await ask('/logging.json?logger=root&level=DEBUG', { method: 'PUT' })).status, 405);
    assert.deepEqual(await shown(ask), [{ logger: 'root', level: 'WARNING' }]);
  });
});
