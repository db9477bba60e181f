import assert from 'node:assert/strict';
import { test } from 'node:test';
import { htmlType } from '#core/admin/route.ts';
import { ManualClock } from '#core/clock.ts';
import { emptyDtab } from '#core/naming/dtab.ts';
import { configuredInterpreter } from '#core/naming/interpreter.ts';
import { noLog } from '#core/telemetry/log.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import { adminRequest } from '#test/helpers/admin-request.ts';
import { telemeter } from '#test/helpers/telemeter.ts';
import { loadLinkerConfig } from '../config.ts';
import { links } from './links.ts';
import { type LinkerAdminDeps, linkerAdminRoutes } from './routes.ts';

const { value: config, written } = loadLinkerConfig('routers: [{protocol: http, servers: [{port: 0}]}]', 'linker.yaml');
const deps: LinkerAdminDeps = {
  config,
  written,
  metrics: new Metrics(),
  telemeters: [],
  clock: new ManualClock(),
  log: { ...noLog, level: 'info' },
  namers: [],
  routers: [],
  utilities: configuredInterpreter(emptyDtab, [], []),
  shutdown: () => {},
};
const routes = linkerAdminRoutes(deps);

const served = (link: string) => routes.find(({ path }) => path === new URL(link, 'http://linker').pathname);

for (const [link, text] of links) {
  test(`the link to ${text} leads to something that answers a click`, () => {
    const { methods } = served(link) ?? assert.fail(link);
    assert.ok(methods?.includes('GET') ?? true);
  });
}

test('each page can be reached from each page', async () => {
  const answers = routes
    .filter(({ methods }) => methods?.join() === 'GET')
    .map(async (route) => ({ path: route.path, ...(await route.handle(adminRequest())) }));
  const pages = (await Promise.all(answers)).filter(({ type }) => type === htmlType);
  assert.ok(pages.length > 1);
  for (const { path, body } of pages) {
    assert.ok(
      links.some(([link]) => link === path),
      path,
    );
    for (const [link] of links) assert.ok(body.includes(`href="${link}"`), `${link} on ${path}`);
  }
});

test('links stay on the linker, whatever it is called by those who ask', () => {
  for (const [link] of links) assert.equal(new URL(link, 'http://linker:1/x/').origin, 'http://linker:1');
});

test('no two links read the same or lead to the same', () => {
  assert.equal(new Set(links.map(([link]) => link)).size, links.length);
  assert.equal(new Set(links.map(([, text]) => text)).size, links.length);
});

test('what a telemeter has to show is pointed to as well, from its own page too', async (t) => {
  const made = telemeter(t, { kind: 'io.l5d.recentRequests', sampleRate: 1 }).made;
  const answered = linkerAdminRoutes({ ...deps, telemeters: [made] })
    .filter(({ path }) => ['/', '/delegator', '/help', '/requests'].includes(path))
    .map(async ({ handle }) => (await handle(adminRequest())).body);
  assert.equal(answered.length, 4);
  for (const body of await Promise.all(answered)) {
    assert.ok(body.includes('href="/requests"'));
    assert.ok(body.includes('href="/logging"'));
  }
});
