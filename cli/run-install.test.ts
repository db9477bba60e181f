import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { runInstall } from './run-install.ts';

interface Installed {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
}

const install = (given: object, flags: readonly string[] = []): Installed[] =>
  parseAllDocuments(runInstall(given, flags)).map((document) => document.toJS() as Installed);

test('hosts without a namespace are looked up in the one given for linkers of nodes, and left to the injector for sidecars', () => {
  const data = install({ nodeNamespace: 'shop' }).find(({ kind }) => kind === 'ConfigMap')?.data;
  assert.match(data?.['node.yaml'] ?? '', /name: \/k8s\/shop\//);
  assert.doesNotMatch(data?.['node.yaml'] ?? '', /\{\{/);
  assert.match(data?.['sidecar.yaml'] ?? '', /name: \/k8s\/\{\{namespace\}\}\//);
  assert.match(data?.['sidecar.yaml'] ?? '', /^# /, 'comments are for those who edit it');
});

test('certificates come from a folder', (t) => {
  const folder = temporaryDirectory(t);
  for (const name of ['tls.crt', 'tls.key', 'ca.crt']) writeFileSync(join(folder, name), name.toUpperCase());
  const secrets = install({ linkerTls: folder, sidecarNamespaces: 'a, b' }).filter(
    ({ stringData }) => stringData !== undefined,
  );
  assert.deepEqual(
    secrets.map(({ metadata }) => metadata.namespace),
    ['heddle', 'a', 'b'],
  );
  assert.deepEqual(secrets[0]?.stringData, { 'tls.crt': 'TLS.CRT', 'tls.key': 'TLS.KEY', 'ca.crt': 'CA.CRT' });
});

test("the mesh's flags reach the injector's command line", () => {
  assert.match(
    runInstall({ defaultMode: 'node' }, ['--default-mode=node']),
    /args:\n\s+- injector\n\s+- --default-mode=node\n/,
  );
});

test("configurations may be one's own, if they can be used", (t) => {
  const folder = temporaryDirectory(t);
  const routers = (port: number) =>
    `routers:\n- {label: outgoing, servers: [{port: ${port}}]}\n- {label: incoming, servers: [{port: 2}]}\n`;
  writeFileSync(join(folder, 'sidecar.yaml'), routers(1));
  writeFileSync(join(folder, 'node.yaml'), routers(7));
  assert.match(runInstall({ linkerConfig: folder }, []), /name: http-outgoing\n\s+port: 7\n/);
  writeFileSync(join(folder, 'node.yaml'), 'routers: []');
  assert.throws(() => runInstall({ linkerConfig: folder }, []), /node\.yaml: no router has the label outgoing/);
});

test('options that make no sense are named', () => {
  assert.throws(
    () => runInstall({ webhookUrl: 'http://x', replicas: '0' }, []),
    /--replicas: .*\n--webhook-url: not https/,
  );
});
