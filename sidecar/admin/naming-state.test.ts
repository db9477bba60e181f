import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AdminRequest, Route } from '#core/admin/route.ts';
import type { Namer } from '#core/naming/namer.ts';
import { Path } from '#core/naming/path.ts';
import { failed, ok, pending } from '#core/reactive/activity.ts';
import { adminRequest } from '#test/helpers/admin-request.ts';
import { interpreterStateRoutes, namerStateRoutes } from './naming-state.ts';

const answers = async (routes: readonly Route[]): Promise<object> => {
  const request: AdminRequest = adminRequest();
  const entries = routes.map(async ({ path, handle }) => [path, JSON.parse((await handle(request)).body)] as const);
  return Object.fromEntries(await Promise.all(entries));
};

const row = 'linkerd1: /client_state.json, /namer_state, interpreter_state, /bound-names.json';

test(`${row}: each namer shows what it follows, those of one prefix together`, async () => {
  const namer = (prefix: string, name: string): Pick<Namer, 'prefix' | 'followed'> => ({
    prefix: Path.read(prefix),
    followed: () =>
      new Map([[name, ok({ kind: 'bound', addresses: [{ host: '::1', port: 80, weight: 1, meta: {} }] })]]),
  });
  const shown = { state: 'bound', addresses: ['[::1]:80'] };
  const silent = { prefix: Path.read('/silent') };
  assert.deepEqual(
    await answers(namerStateRoutes([namer('/a', '/x'), silent, namer('/b/c', '/y'), namer('/a', '/z')])),
    {
      '/namer_state/a.json': { endpoints: { '/x': shown, '/z': shown } },
      '/namer_state/b/c.json': { endpoints: { '/y': shown } },
    },
  );
});

test(`${row}: an interpreter shows the table it has read, or why it has none`, async () => {
  const states = [ok('/a=>/b'), pending, failed(new Error('gone'))];
  const routers = states.map((state, i) => ({
    label: `r ${i}`,
    stored: { kind: 'io.l5d.k8s.configMap', source: 's', last: () => state },
  }));
  const path = (r: number): string => `/r%20${r}/interpreter_state/io.l5d.k8s.configmap.json`;
  assert.deepEqual(await answers(interpreterStateRoutes([...routers, { label: 'default' }])), {
    [path(0)]: { source: 's', state: 'bound', dtab: '/a=>/b' },
    [path(1)]: { source: 's', state: 'Pending' },
    [path(2)]: { source: 's', state: 'Failed: gone' },
  });
});
