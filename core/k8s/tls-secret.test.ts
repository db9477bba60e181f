import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeApiServer } from '#test/helpers/fake-api-server.ts';
import { worldWith } from '#test/helpers/observed.ts';
import { eventually } from '#test/helpers/within.ts';
import { Api } from './api.ts';
import { tlsSecretOf } from './tls-secret.ts';

test('a Secret is followed for its certificate and key, and is none without both', async (t) => {
  const fake = await FakeApiServer.start(t);
  const api = Api.of(worldWith({}), { host: '127.0.0.1', port: fake.port });
  const seen: unknown[] = [];
  const handle = tlsSecretOf(api, 'shop', 'web').states.observe((state) => {
    if (state.kind === 'ok') seen.push(state.value);
  });
  t.after(() => handle.close());
  const b64 = (text: string): string => Buffer.from(text).toString('base64');
  const put = (data: object): void => fake.put('/api/v1/namespaces/shop/secrets/web', { data });
  const until = (value: unknown): Promise<unknown> =>
    eventually(() => (JSON.stringify(seen.at(-1)) === JSON.stringify(value) ? true : undefined), 'it is as it should');
  await eventually(() => (seen.length > 0 ? true : undefined), 'it is known that there is none');
  assert.deepEqual(seen, [undefined]);
  put({ 'tls.crt': b64('CERT'), 'tls.key': b64('KEY'), other: b64('x') });
  await until({ cert: 'CERT', key: 'KEY' });
  put({ 'tls.crt': b64('CERT') });
  await until(undefined);
  assert.equal(api.secrets.size, 1);
});
