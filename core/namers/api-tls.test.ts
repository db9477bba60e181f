import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeCa } from '#test/helpers/certs.ts';
import { Observed, worldWith } from '#test/helpers/observed.ts';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { apiTls } from './api-tls.ts';
import { namerKinds } from './kinds.ts';

test('a namer asks over TLS where it is told to, and only a server that proves its name', async (t) => {
  const ca = makeCa('api ca');
  const own = ca.issue({ cn: 'consul', dns: ['consul.test'] });
  const bundle = join(temporaryDirectory(t), 'ca.pem');
  writeFileSync(bundle, ca.cert);
  const server = createServer({ key: own.key, cert: own.chain }, (request, response) => {
    response.setHeader('x-consul-index', request.url?.includes('index=') ? '2' : '1');
    if (!request.url?.includes('index=')) response.end('[{"Address":"10.0.0.1","ServicePort":80}]');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const namer = (commonName: string) => {
    const tls = { commonName, trustCertsBundle: bundle };
    return namerKinds.make(
      namerKinds.schema.parse({ kind: 'io.l5d.consul', host: '127.0.0.1', port, tls }),
      worldWith({}),
    );
  };
  await new Observed(t, namer('consul.test'), '/dc1/web').until('10.0.0.1:80');
  await new Observed(t, namer('other.test'), '/dc1/web').until('neg');
});

test('there is none where it is switched off', () => {
  assert.equal(apiTls(undefined, 'a', worldWith({})), undefined);
  assert.equal(apiTls({ enabled: false, disableValidation: false }, 'a', worldWith({})), undefined);
});
