import assert from 'node:assert/strict';
import { generateKeyPairSync, verify } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { FakeMarathon } from '#test/helpers/fake-marathon.ts';
import { Observed, worldWith } from '#test/helpers/observed.ts';
import { valueNow } from '#test/helpers/state-now.ts';
import { eventually } from '#test/helpers/within.ts';
import { Path } from '../naming/path.ts';
import { namerKinds } from './kinds.ts';

async function start(t: TestContext, config: object = {}, env: Record<string, string> = {}) {
  const fake = await FakeMarathon.start(t);
  const section = { kind: 'io.l5d.marathon', host: '127.0.0.1', port: fake.port, ttlMs: 100, ...config };
  const make = () => namerKinds.make(namerKinds.schema.parse(section), worldWith(env));
  return { fake, make, namer: make() };
}

const task = (host: string, port: number, more: object = {}) => ({
  host,
  ports: [port, 9],
  state: 'TASK_RUNNING',
  ...more,
});

test('linkerd1: io.l5d.marathon: the shortest id a path begins with is bound to the tasks, which are followed', async (t) => {
  const { fake, namer } = await start(t, { uriPrefix: '/marathon' });
  const web = new Observed(t, namer, '/Group/web/v1/rest');
  await web.until('neg');
  fake.apps.set('/group/web', {
    tasks: [task('10.0.0.1', 80), task('127.1', 81), task('10.0.0.3', 82, { state: 'TASK_STAGING' })],
  });
  fake.apps.set('/group/web/v1', { tasks: [task('10.9.9.9', 80)] });
  await web.until('10.0.0.1:80 127.0.0.1:81');
  const tree = valueNow(namer.lookup(Path.read('/Group/web/v1/Rest')));
  assert.ok(tree.kind === 'leaf' && tree.value.kind === 'bound');
  assert.equal(tree.value.id.show, '/#/io.l5d.marathon/group/web');
  assert.equal(tree.value.residual.show, '/v1/Rest');
  fake.apps.set('/group/web', { tasks: [] });
  await web.until('neg');
  fake.apps.set('/group/web', { tasks: [task('10.0.0.2', 80)] });
  await web.until('10.0.0.2:80');
  fake.apps.delete('/group/web');
  await web.until('10.9.9.9:80');
  assert.ok(fake.asked.includes('GET /marathon/v2/apps/group/web?embed=app.tasks'));
});

test('the last answer stays while Marathon is away; without one so far the name fails', async (t) => {
  const { fake, namer, make } = await start(t);
  fake.apps.set('/web', { tasks: [task('10.0.0.1', 80)] });
  const web = new Observed(t, namer, '/web');
  await web.until('10.0.0.1:80');
  fake.failing = 503;
  await new Observed(t, make(), '/web').until('failed: Marathon /v2/apps: 503 failing');
  const asked = fake.asked.length;
  await eventually(() => (fake.asked.length > asked + 5 ? true : undefined), 'it is asked again');
  assert.deepEqual(web.history, ['pending', '10.0.0.1:80']);
});

test('with health checks only tasks that pass them all; tasks with addresses of their own are reached there', async (t) => {
  const { fake, namer } = await start(t, { useHealthCheck: true });
  const alive = { healthCheckResults: [{ alive: true }, { alive: true }] };
  fake.apps.set('/web', {
    healthChecks: [{}, {}],
    tasks: [
      task('10.0.0.1', 80, alive),
      task('10.0.0.2', 80, { healthCheckResults: [{ alive: true }, { alive: false }] }),
      task('10.0.0.3', 80),
    ],
  });
  fake.apps.set('/own', {
    ipAddress: { discovery: { ports: [{ number: 8080, name: 'http' }] } },
    tasks: [{ host: '10.0.0.9', state: 'TASK_RUNNING', ipAddresses: [{ ipAddress: '10.1.0.1' }] }],
  });
  await new Observed(t, namer, '/web').until('10.0.0.1:80');
  await new Observed(t, namer, '/own').until('10.1.0.1:8080');
});

test('a service account of DC/OS logs in, and again when its token is refused', async (t) => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { fake } = await start(t);
  const credential = {
    login_endpoint: `http://127.0.0.1:${fake.port}/login`,
    uid: 'linker',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    scheme: 'RS256',
  };
  fake.wants = 'token=one';
  fake.apps.set('/web', { tasks: [task('10.0.0.1', 80)] });
  const section = { kind: 'io.l5d.marathon', dst: `/$/inet/127.0.0.1/${fake.port}`, ttlMs: 100 };
  const env = { DCOS_SERVICE_ACCOUNT_CREDENTIAL: JSON.stringify(credential) };
  const web = new Observed(t, namerKinds.make(namerKinds.schema.parse(section), worldWith(env)), '/web');
  await web.until('10.0.0.1:80');
  assert.equal(fake.logins.length, 1);
  const [login] = fake.logins;
  const [head = '', body = '', signature = ''] = login?.token.split('.') ?? [];
  assert.equal(login?.uid, 'linker');
  assert.equal(JSON.parse(Buffer.from(body, 'base64url').toString()).uid, 'linker');
  assert.ok(verify('sha256', Buffer.from(`${head}.${body}`), publicKey, Buffer.from(signature, 'base64url')));
  fake.token = 'two';
  fake.wants = 'token=two';
  fake.apps.set('/web', { tasks: [task('10.0.0.2', 80)] });
  await web.until('10.0.0.2:80');
});

test('a user’s credential goes with every request; one that is none is refused without being shown', async (t) => {
  const { fake, namer } = await start(t, {}, { MARATHON_HTTP_AUTH_CREDENTIAL: 'dXNlcjpwYXNz' });
  fake.wants = 'Basic dXNlcjpwYXNz';
  fake.apps.set('/web', { tasks: [task('10.0.0.1', 80)] });
  await new Observed(t, namer, '/web').until('10.0.0.1:80');
  const wrong = start(t, {}, { DCOS_SERVICE_ACCOUNT_CREDENTIAL: '{"private_key":"SECRET"}' });
  await assert.rejects(
    wrong,
    (error: Error) => /is not a JSON object with/.test(error.message) && !/SECRET/.test(error.message),
  );
});

test('the place of Marathon is a path of one form', () => {
  const refusal = namerKinds.schema.safeParse({ kind: 'io.l5d.marathon', dst: '/svc/marathon' }).error?.issues[0]
    ?.message;
  assert.equal(refusal, '/svc/marathon is not /$/inet/<host>/<port>');
});
