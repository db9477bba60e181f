import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { Linker } from './linker.ts';
import { exchange } from './raw-client.ts';
import { ScriptedOrigin } from './scripted-origin.ts';
import { eventually } from './within.ts';

const config = (router: string) => (site: { dir: string; ports: readonly number[]; admin: number }) =>
  `
admin: { ip: 127.0.0.1, port: ${site.admin} }
namers: [ { kind: io.l5d.fs, rootDir: ${site.dir}/disco } ]
routers:
- protocol: ${router}
  dtab: /svc => /#/io.l5d.fs
  servers: [ { ip: 127.0.0.1, port: ${site.ports[0]} } ]
`;

test('a linker is started, routes by its endpoints, and leaves nothing behind', async () => {
  await using origin = await ScriptedOrigin.start();
  const linker = await Linker.start({ config: config('http') });
  try {
    linker.endpoints('web', [origin.port]);
    const request = 'GET / HTTP/1.1\r\nHost: web\r\n\r\n';
    await eventually(
      async () => ((await exchange(linker.port, request)).status === 200 ? true : undefined),
      'web is routed',
    );
    assert.ok(((await linker.metrics())['rt/http/service/svc/web/success'] ?? 0) >= 1);
    assert.ok(linker.residentBytes() > 2 ** 20);
  } finally {
    await linker.close();
  }
  assert.equal(await linker.exited, 0);
  assert.equal(existsSync(linker.dir), false);
});

test('a linker that does not start fails with what it printed', async () => {
  await assert.rejects(Linker.start({ config: config('nonsense') }), /linker ended .*nonsense/s);
});
