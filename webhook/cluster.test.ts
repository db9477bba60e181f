import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { refreshed } from './certificate.ts';
import { type Cluster, cluster } from './cluster.ts';

interface Call {
  readonly what: string;
  readonly type: string | undefined;
  readonly body: unknown;
}

/** The client against an API server that is played by `reply`; what it was asked is written down. */
async function played(
  t: TestContext,
  reply: (what: string) => { status?: number; body: unknown },
): Promise<{ cluster: Cluster; calls: Call[] }> {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += String(part);
    const what = `${request.method} ${request.url}`;
    calls.push({ what, type: request.headers['content-type'], body: text === '' ? undefined : JSON.parse(text) });
    const { status = 200, body } = reply(what);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close().closeAllConnections());
  const kubeconfig = join(temporaryDirectory(t), 'config');
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      clusters: [
        {
          name: 'c',
          cluster: {
            server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
            'insecure-skip-tls-verify': true,
          },
        },
      ],
      users: [{ name: 'u', user: {} }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    }),
  );
  const before = process.env['KUBECONFIG'];
  process.env['KUBECONFIG'] = kubeconfig;
  try {
    return { cluster: cluster(), calls };
  } finally {
    if (before === undefined) delete process.env['KUBECONFIG'];
    else process.env['KUBECONFIG'] = before;
  }
}

const material = await refreshed(undefined, ['a'], Date.now());
const base64 = (text: string): string => Buffer.from(text).toString('base64');

test('namespaces are listed with the version to watch from', async (t) => {
  const items = [{ metadata: { name: 'a', labels: { l: '1' } } }];
  const { cluster: it } = await played(t, () => ({
    body: { kind: 'NamespaceList', metadata: { resourceVersion: '7' }, items },
  }));
  const { items: found, resourceVersion } = await it.namespaces.list();
  assert.equal(resourceVersion, '7');
  assert.equal(found[0]?.metadata?.name, 'a');
});

test('a watch tells its events and its end', async (t) => {
  const event = { type: 'ADDED', object: { metadata: { name: 'a', resourceVersion: '8' } } };
  const { cluster: it, calls } = await played(t, () => ({ body: `${JSON.stringify(event)}\n` }));
  const seen: string[] = [];
  const end = await new Promise<unknown>((done) => {
    it.namespaces.watch('7', (type, { metadata }) => seen.push(`${type} ${metadata?.name}`), done);
  });
  assert.equal(end, undefined);
  assert.deepEqual(seen, ['ADDED a']);
  assert.match(
    calls[0]?.what ?? '',
    /^GET \/api\/v1\/namespaces\?watch=true&resourceVersion=7&allowWatchBookmarks=true$/,
  );
});

test('a watch that is refused ends with the status', async (t) => {
  const { cluster: it } = await played(t, () => ({ status: 410, body: {} }));
  const end = await new Promise<unknown>((done) => {
    it.namespaces.watch('7', () => {}, done);
  });
  assert.equal((end as { statusCode?: number }).statusCode, 410);
});

test('an empty Secret holds nothing, a full one the material', async (t) => {
  let data: object | undefined;
  const { cluster: it } = await played(t, () => ({
    body: { kind: 'Secret', metadata: { resourceVersion: '3' }, data },
  }));
  const place = it.certificatePlace('heddle', 'tls', 'hook');
  assert.deepEqual(await place.load(), { material: undefined, version: '3' });
  data = {
    'ca.crt': base64(material.ca),
    'ca.key': base64(material.caKey),
    'tls.crt': base64(material.cert),
    'tls.key': base64(material.key),
  };
  assert.deepEqual(await place.load(), { material, version: '3' });
});

test('material is stored as a patch that holds only for the version it was made from', async (t) => {
  const { cluster: it, calls } = await played(t, () => ({ body: { kind: 'Secret' } }));
  assert.equal(await it.certificatePlace('heddle', 'tls', 'hook').store(material, '3'), true);
  const [{ what, type, body }] = calls as [Call];
  assert.deepEqual([what, type], ['PATCH /api/v1/namespaces/heddle/secrets/tls', 'application/merge-patch+json']);
  const { metadata, data } = body as { metadata: object; data: Record<string, string> };
  assert.deepEqual(metadata, { resourceVersion: '3' });
  assert.deepEqual(Object.keys(data).sort(), ['ca.crt', 'ca.key', 'tls.crt', 'tls.key']);
});

test('a conflict is told as such, other failures are thrown', async (t) => {
  for (const [status, outcome] of [
    [409, 'conflict'],
    [403, 'thrown'],
  ] as const) {
    const { cluster: it } = await played(t, () => ({ status, body: { kind: 'Status', code: status } }));
    const stored = it.certificatePlace('heddle', 'tls', 'hook').store(material, '3');
    if (outcome === 'conflict') assert.equal(await stored, false);
    else await assert.rejects(stored);
  }
});

test('caBundle alone is applied to every webhook, under our name, and only when it is another', async (t) => {
  let caBundle: string | undefined;
  const { cluster: it, calls } = await played(t, () => ({
    body: { webhooks: ['a', 'b'].map((name) => ({ name, clientConfig: { url: 'https://x', caBundle } })) },
  }));
  const place = it.certificatePlace('heddle', 'tls', 'hook');
  await place.trust(material.ca);
  const [, { what, type, body }] = calls as [Call, Call];
  assert.match(what, /^PATCH .*\/mutatingwebhookconfigurations\/hook\?fieldManager=heddle-injector&force=true$/);
  assert.equal(type, 'application/apply-patch+yaml');
  assert.deepEqual(
    (body as { webhooks: unknown }).webhooks,
    ['a', 'b'].map((name) => ({ name, clientConfig: { caBundle: base64(material.ca) } })),
  );
  caBundle = base64(material.ca);
  await place.trust(material.ca);
  assert.equal(calls.length, 3);
});
