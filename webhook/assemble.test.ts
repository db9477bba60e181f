import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { systemClock } from '#core/clock.ts';
import { recordingLog } from '#test/helpers/recording-log.ts';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { startInjector } from './assemble.ts';
import { injectorOptions } from './config.ts';

const linkerConfig = fileURLToPath(new URL('../manifests/linker', import.meta.url));

async function started(t: TestContext, given: object = {}) {
  const folder = temporaryDirectory(t);
  const [namespaces, caFile] = [join(folder, 'namespaces.yaml'), join(folder, 'ca.crt')];
  writeFileSync(namespaces, 'kind: Namespace\nmetadata: {name: shop, labels: {heddle.io/inject: enabled}}\n');
  const options = injectorOptions.parse({
    standalone: true,
    ip: '127.0.0.1',
    port: 0,
    linkerConfig,
    namespaces,
    caFile,
    drainSeconds: 0,
    serverName: '127.0.0.1',
    ...given,
  });
  const log = recordingLog();
  const world = { clock: systemClock, random: Math.random, env: { HEDDLE_HOST_IP: 'fd00::1' }, log };
  const injector = await startInjector(options, '1.2.3', world);
  return { injector, log, caFile };
}

function call(
  port: number,
  caFile: string,
  method: string,
  path: string,
  body = '',
): Promise<{ status: number | undefined; text: string }> {
  return new Promise((done, failed) => {
    const options = { method, port, host: '127.0.0.1', path, ca: readFileSync(caFile), agent: false } as const;
    request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.once('end', () => done({ status: response.statusCode, text }));
    })
      .once('error', failed)
      .end(body);
  });
}

test('an injector without a cluster is ready at once, trusted by its CA file, and injects', async (t) => {
  const { injector, caFile, log } = await started(t, { nodeAddress: 'host-port' });
  assert.deepEqual(await call(injector.port, caFile, 'GET', '/readyz'), { status: 200, text: 'ok\n' });
  const review = {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'u',
      kind: { group: '', version: 'v1', kind: 'Pod' },
      operation: 'CREATE',
      namespace: 'shop',
      object: { metadata: { annotations: { 'heddle.io/mode': 'node' } }, spec: { containers: [{ name: 'app' }] } },
    },
  };
  const { text } = await call(injector.port, caFile, 'POST', '/mutate', JSON.stringify(review));
  const { patch } = (JSON.parse(text) as { response: { patch: string } }).response;
  // The node's own address says which family it is.
  assert.match(Buffer.from(patch, 'base64').toString(), /http:\/\/\[\$\(HEDDLE_HOST_IP\)\]:4140/);
  const metrics = await call(injector.port, caFile, 'GET', '/metrics');
  assert.match(metrics.text, /heddle_injector_certificate_expiry_seconds 2\d{6}/);
  assert.match(metrics.text, /heddle_injector_namespaces 1\n/);
  await injector.drain();
  await assert.rejects(call(injector.port, caFile, 'GET', '/healthz'), { code: 'ECONNREFUSED' });
  assert.deepEqual(log.lines.map(({ event }) => event).slice(-2), ['draining', 'drained']);
});

test('files that cannot be used are an error', async (t) => {
  const empty = join(temporaryDirectory(t), 'empty');
  mkdirSync(empty);
  await assert.rejects(started(t, { linkerConfig: empty }), /ENOENT/);
});
