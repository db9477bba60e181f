import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok as answer, plainText, type Route } from '#core/admin/route.ts';
import { Path } from '#core/naming/path.ts';
import { ok, pending } from '#core/reactive/activity.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import type { LinkerAdminDeps } from '../admin/routes.ts';
import type { ClientState } from '../router/clients.ts';
import type { WorkerPool } from './pool.ts';
import { WorkersView } from './view.ts';

const known: ClientState = { id: '/#/a', addr: { kind: 'pending' } };

/** A view of threads that have counted one request more each time they are asked. */
function view() {
  const levels: string[] = [];
  let asked = 0;
  const pool = {
    read: (shown: Metrics) => {
      asked += 1;
      shown.children.clear();
      shown.counter('requests').add(asked);
      return Promise.resolve({ clients: [[known]], namers: [[{ ...known, id: 'n' }]], tables: [ok('/a=>/b')] });
    },
    setLevel: (level: string) => void levels.push(level),
  } as unknown as WorkerPool;
  const silent = { level: 'info', debug() {}, info() {}, warn() {}, error() {} };
  const router = {
    label: 'http',
    interpreter: undefined,
    dtab: [],
    clients: [],
    stored: { kind: 'k', source: 's', last: () => pending },
  };
  const deps = {
    metrics: new Metrics(),
    log: silent,
    routers: [router],
    namers: [{ prefix: Path.of('n'), followed: () => new Map() }],
    config: { telemetry: [] },
  } as unknown as LinkerAdminDeps;
  return { view: new WorkersView(pool, deps, new Metrics()), levels, asked: () => asked };
}

function route(path: string, body: () => string): Route {
  return { path, category: 'ui', handle: () => answer(plainText, body()) };
}

const request = (path: string) =>
  ({ method: 'GET', path, query: new URLSearchParams(), headers: {}, text: () => Promise.resolve('') }) as const;

test('a page shows what the threads have counted by the time it is asked for, and their clients', async () => {
  const { view: seen } = view();
  const shown = route('/metrics', () => String(seen.deps.metrics.counter('requests').value));
  assert.equal((await seen.fresh(shown).handle(request('/metrics'))).body, '1');
  assert.equal((await seen.fresh(shown).handle(request('/metrics'))).body, '2');
  assert.deepEqual(seen.deps.routers[0]?.clients, [known]);
  assert.deepEqual(seen.deps.namers[0]?.followed?.(), new Map([['n', pending]]));
  assert.deepEqual(seen.deps.routers[0]?.stored?.last(), ok('/a=>/b'));
});

test('a probe does not wait for the threads', async () => {
  const { view: seen, asked } = view();
  await seen.fresh(route('/admin/ping', () => 'pong')).handle(request('/admin/ping'));
  assert.equal(asked(), 0);
});

test('the level of the log is that of every thread', () => {
  const { view: seen, levels } = view();
  seen.deps.log.level = 'debug';
  assert.deepEqual([seen.deps.log.level, levels], ['debug', ['debug']]);
});
