import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '#core/clock.ts';
import { emptyDtab } from '#core/naming/dtab.ts';
import { configuredInterpreter } from '#core/naming/interpreter.ts';
import { noLog } from '#core/telemetry/log.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import { makeCa } from '#test/helpers/certs.ts';
import { freePort } from '#test/helpers/free-port.ts';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { loadLinkerConfig } from '../config.ts';
import { openAdmin } from './ports.ts';

const ca = makeCa('admin ca');

async function opened(t: TestContext, admin: object) {
  const text = JSON.stringify({ admin, routers: [{ protocol: 'http', servers: [{ port: 0 }] }] });
  const { value: config, written } = loadLinkerConfig(text, 'linker.json');
  const log = { ...noLog, level: 'info' };
  const utilities = configuredInterpreter(emptyDtab, [], []);
  const shared = {
    config,
    written,
    metrics: new Metrics(),
    telemeters: [],
    clock: systemClock,
    log,
    namers: [],
    utilities,
  };
  const naming = { label: 'web', dtab: emptyDtab, identify: () => '/svc/web' };
  const server = await openAdmin({ ...shared, routers: [], shutdown: () => {} }, [naming], log);
  t.after(() => server.close());
  return server;
}

const certificateIn = (directory: string) => ({ certPath: join(directory, 'cert'), keyPath: join(directory, 'key') });

test('linkerd1: admin security and TLS: with certificates the admin port speaks TLS', async (t) => {
  const tls = certificateIn(temporaryDirectory(t));
  const { cert, key } = ca.issue({ cn: 'admin', ip: ['127.0.0.1'] });
  writeFileSync(tls.certPath, cert);
  writeFileSync(tls.keyPath, key);
  const { port } = await opened(t, { port: 0, tls });
  const body = await new Promise<string>((resolve, reject) => {
    get(`https://127.0.0.1:${port}/admin/ping`, { ca: ca.cert, agent: false }, (response) => {
      response.setEncoding('utf8').once('data', resolve);
    }).once('error', reject);
  });
  assert.equal(body, 'pong');
});

test('an admin certificate that cannot be read is an error of the start', async (t) => {
  await assert.rejects(opened(t, { port: 0, tls: certificateIn(temporaryDirectory(t)) }), /^Error: admin\.tls: /);
});

test('httpIdentifierPort answers whatever is asked; where it cannot be had, the admin port is closed again', async (t) => {
  const [port, naming] = [await freePort(), await freePort()];
  const server = await opened(t, { port, httpIdentifierPort: naming });
  const named = await fetch(`http://127.0.0.1:${naming}/any/path`, { method: 'PUT' });
  assert.deepEqual(await named.json(), { web: { path: '/svc/web', dtab: '' } });
  const other = await freePort();
  await assert.rejects(opened(t, { port: other, httpIdentifierPort: naming }), /EADDRINUSE/);
  await server.close();
  await (await opened(t, { port: other, httpIdentifierPort: naming })).close();
});
