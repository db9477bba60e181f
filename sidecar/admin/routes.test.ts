import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { Script } from 'node:vm';
import { startAdmin } from '#core/admin/server.ts';
import { ManualClock } from '#core/clock.ts';
import type { KindConfig } from '#core/config/kind.ts';
import { utilityNamers } from '#core/namers/utility/utilities.ts';
import { emptyDtab } from '#core/naming/dtab.ts';
import { configuredInterpreter } from '#core/naming/interpreter.ts';
import type { Interpreter } from '#core/naming/namer.ts';
import { CannotDelegate } from '#core/naming/namer.ts';
import { Activity } from '#core/reactive/activity.ts';
import { telemeterKinds } from '#core/telemeters/kinds.ts';
import { noLog } from '#core/telemetry/log.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import { worldWith } from '#test/helpers/observed.ts';
import { loadLinkerConfig } from '../config.ts';
import { type LinkerAdminDeps, linkerAdminRoutes } from './routes.ts';

const text = `
routers:
- protocol: http
  label: inner
  dtab: /svc => /$/inet/127.0.0.1/8080
  servers: [{port: 0}]
telemetry: [{kind: io.l5d.prometheus, path: /prom, prefix: x_}]
`;

type Get = (path: string, init?: RequestInit) => Promise<Response>;

async function serving(deps: Partial<LinkerAdminDeps>, use: (get: Get) => Promise<void>): Promise<void> {
  const { value: config, written } = loadLinkerConfig(text, 'linker.yaml');
  const clock = new ManualClock();
  const interpreter = configuredInterpreter(emptyDtab, [], utilityNamers({ ...worldWith({}), clock }));
  const routers = [{ label: 'inner', interpreter, dtab: config.routers[0]?.dtab ?? [], clients: [] }];
  const all = {
    config,
    written,
    metrics: new Metrics(),
    telemeters: [],
    log: { ...noLog, level: 'info' },
    namers: [],
    clock,
    routers,
    utilities: interpreter,
    shutdown: () => {},
    ...deps,
  };
  const admin = await startAdmin({ ip: '127.0.0.1', port: 0, routes: linkerAdminRoutes(all), log: noLog });
  try {
    await use((path, init) => fetch(`http://127.0.0.1:${admin.port}${path}`, init));
  } finally {
    await admin.close();
  }
}

const brief = async (response: Response): Promise<readonly unknown[]> => [
  response.status,
  response.headers.get('content-type'),
  await response.text(),
];

const post = (body: string, type = 'application/json'): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': type },
  body,
});

test('linkerd1: dashboard, /delegator, /delegator.json: delegator.json answers as Linkerd does', () =>
  serving({}, async (get) => {
    const found = await get(
      '/delegator.json?path=/x/y&namespace=inner&dtab=%2Fx%3D%3E%2F%24%2Finet%2F127.0.0.1%2F8080',
    );
    assert.equal(found.headers.get('content-type'), 'application/json');
    assert.deepEqual(await found.json(), {
      type: 'delegate',
      path: '/x/y',
      delegate: {
        type: 'leaf',
        path: '/$/inet/127.0.0.1/8080/y',
        dentry: { prefix: '/x', dst: '/$/inet/127.0.0.1/8080' },
        bound: {
          addr: { type: 'bound', addrs: [{ ip: '127.0.0.1', port: 8080, meta: {} }], meta: {} },
          id: '/$/inet/127.0.0.1/8080',
          path: '/y',
        },
      },
    });
  }));

test('delegator.json knows only the table it is given', () =>
  serving({}, async (get) => {
    assert.deepEqual(await (await get('/delegator.json?path=/svc&dtab=&namespace=inner')).json(), {
      type: 'neg',
      path: '/svc',
    });
    assert.deepEqual(await (await get('/delegator.json?path=/svc&namespace=inner')).json(), {
      type: 'neg',
      path: '/svc',
    });
    assert.deepEqual(await (await get('/delegator.json?path=/svc')).json(), { type: 'neg', path: '/svc' });
  }));

test('delegator.json takes the same question as JSON by POST', () =>
  serving({}, async (get) => {
    const question = { namespace: 'inner', dtab: '/svc=>~', path: '/svc/a' };
    const answer = await (await get('/delegator.json', post(JSON.stringify(question)))).json();
    assert.deepEqual(answer, {
      type: 'delegate',
      path: '/svc/a',
      delegate: { type: 'neg', path: '~', dentry: { prefix: '/svc', dst: '~' } },
    });
  }));

test('delegator.json refuses what it cannot answer, in the words of Linkerd', () =>
  serving({}, async (get) => {
    const wrong: [string, RequestInit | undefined, readonly unknown[]][] = [
      [
        '?path=/x&namespace=inner&dtab=nope',
        undefined,
        [400, null, "Invalid dtab: '/' expected but 'n' found at '[n]ope'"],
      ],
      ['?path=x&namespace=inner', undefined, [400, null, "Invalid path: '/' expected but 'x' found at '[x]'"]],
      [
        '?namespace=inner',
        undefined,
        [400, null, 'Invalid path: Cannot invoke "String.length()" because "$this" is null'],
      ],
      ['?path=/x&namespace=nope', undefined, [501, null, 'Name Interpreter for nope cannot show delegations']],
      ['?path=/x&namespace=inner&dtab=%2Fx%3D%3E%2Fx', undefined, [500, null, '']],
      ['', post('{"namespace":"inner"}'), [400, null, 'Malformed delegation request: {"namespace":"inner"}']],
      ['', post('['), [400, null, 'Malformed delegation request: [']],
      ['', post('x', 'text/plain'), [415, null, '']],
      ['', { method: 'PUT' }, [405, null, '']],
    ];
    for (const [query, init, expected] of wrong)
      assert.deepEqual(await brief(await get(`/delegator.json${query}`, init)), expected, query);
  }));

test('delegator.json says so where an interpreter cannot explain itself', () => {
  const opaque: Interpreter = {
    bind: () => Activity.pending,
    delegate: () => Activity.failed(new CannotDelegate('replaced')),
  };
  return serving({ routers: [{ label: 'r', interpreter: opaque, dtab: [], clients: [] }] }, async (get) => {
    const answer = await brief(await get('/delegator.json?path=/x&namespace=r'));
    assert.deepEqual(answer, [501, null, 'Name Interpreter for r cannot show delegations']);
  });
});

test('delegator.json gives up after two seconds', () => {
  const clock = new ManualClock();
  let asked = false;
  const slow: Interpreter = {
    bind: () => Activity.pending,
    delegate: () => {
      asked = true;
      return Activity.pending;
    },
  };
  return serving({ clock, routers: [{ label: 'r', interpreter: slow, dtab: [], clients: [] }] }, async (get) => {
    const answer = get('/delegator.json?path=/x&namespace=r');
    while (!asked) await new Promise(setImmediate);
    await new Promise(setImmediate);
    clock.advance(2000);
    assert.deepEqual(await brief(await answer), [503, null, 'Request timed out.']);
  });
});

test('the Prometheus metrics stand where the telemeter puts them, and nowhere else', () => {
  const metrics = new Metrics();
  metrics.counter('a').add(1);
  const world = { metrics, clock: new ManualClock(), random: Math.random, env: {}, log: noLog };
  const telemeters = [
    telemeterKinds.make({ kind: 'io.l5d.prometheus', path: '/prom', prefix: 'x_' } as KindConfig, world),
  ];
  return serving({ metrics, telemeters }, async (get) => {
    assert.deepEqual(await brief(await get('/prom')), [200, 'text/plain', 'x_a 1\n']);
    assert.equal((await get('/admin/metrics/prometheus')).status, 404);
    assert.equal(await (await get('/admin/ping')).text(), 'pong');
    assert.deepEqual(await (await get('/admin/metrics.json')).json(), { a: 1 });
  });
});

test('linkerd1: /config.json: config.json shows the file', () =>
  serving({}, async (get) => {
    const answer = await get('/config.json');
    assert.equal(answer.headers.get('content-type'), 'application/json;charset=UTF-8');
    const { telemetry } = (await answer.json()) as { telemetry: unknown };
    assert.deepEqual(telemetry, [{ kind: 'io.l5d.prometheus', path: '/prom', prefix: 'x_' }]);
  }));

test('shutdown hands on the grace it is given', async () => {
  const asked = Promise.withResolvers<number | undefined>();
  await serving({ shutdown: asked.resolve }, async (get) => {
    assert.equal(await (await get('/admin/shutdown?grace=3.seconds', { method: 'POST' })).text(), 'quitting');
    assert.equal(await asked.promise, 3000);
  });
});

test('pages run their own script, which is JavaScript, and no other', () =>
  serving({}, async (get) => {
    for (const path of ['/', '/delegator']) {
      const answer = await get(path);
      assert.equal(answer.headers.get('content-type'), 'text/html;charset=UTF-8');
      const page = await answer.text();
      const script = /<script>([\s\S]*)<\/script>/.exec(page)?.[1] ?? '';
      assert.ok(script.length > 100);
      new Script(script); // throws a SyntaxError
      const hash = createHash('sha256').update(script).digest('base64');
      assert.match(
        answer.headers.get('content-security-policy') ?? '',
        new RegExp(`script-src 'sha256-${hash.replaceAll('+', '\\+')}'`),
      );
    }
  }));

test('the page of names carries the tables of the routers', () =>
  serving({}, async (get) => {
    const page = await (await get('/delegator')).text();
    const data = /id="dtab-base-data">([^<]*)</.exec(page)?.[1] ?? '';
    assert.deepEqual(JSON.parse(data), { inner: [{ prefix: '/svc', dst: '/$/inet/127.0.0.1/8080' }] });
  }));
