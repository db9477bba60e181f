import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstOf } from '#test/naming/compare.ts';
import { worldWithoutNames } from '#test/naming/fixture-mesh.ts';
import { transformed, web } from '#test/naming/transformed.ts';
import { metaKeys } from '../naming/meta.ts';
import { type Addr, address, boundAddr, boundName } from '../naming/name.ts';
import { Path } from '../naming/path.ts';
import { Activity } from '../reactive/activity.ts';
import { keepHost, keepHosts, localhostTransformer, specificHostTransformer } from './hosts.ts';

const localhost = localhostTransformer.make(
  localhostTransformer.schema.parse({ kind: 'io.l5d.localhost' }),
  worldWithoutNames,
);
const specific = (config: object) =>
  specificHostTransformer.make(
    specificHostTransformer.schema.parse({ kind: 'io.l5d.specificHost', ...config }),
    worldWithoutNames,
  );

test('io.l5d.localhost keeps the addresses of this host', () => {
  assert.equal(transformed(localhost), '/%/io.l5d.localhost/#/web /r <127.0.0.1:80>');
  assert.equal(
    transformed(localhost, web(boundAddr(address('192.0.2.200', 80)))),
    '/%/io.l5d.localhost/#/web /r <neg>',
  );
});

test('io.l5d.specificHost keeps the addresses of one host, which is required', () => {
  assert.equal(transformed(specific({ host: '10.9.9.9' })), '/%/io.l5d.specificHost/#/web /r <10.9.9.9:81>');
  assert.throws(() => specific({}), /host/);
});

test('an address that is an answer stays where hosts are compared', () => {
  const answer = { host: '0.0.0.0', port: 0, weight: 1, meta: { [metaKeys.httpStatus]: '418' } };
  assert.equal(transformed(keepHosts(Path.of('t'), []), web(boundAddr(answer))), '/t/#/web /r <0.0.0.0:0>');
});

test('a host may be given by name, which is resolved', async () => {
  const kept = (host: string): Activity<Addr> =>
    keepHost(Path.of('%', 'h'), host, async (name) => {
      if (name !== 'web.example') throw new Error('no such host');
      return ['10.9.9.9', '10.9.9.8'];
    }).each(
      boundName(
        Path.read('/#/web'),
        Path.empty,
        Activity.value(boundAddr(address('10.9.9.9', 81), address('10.0.0.1', 80))),
      ),
    ).addr;
  const found = kept('web.example').map((addr) => addr.kind === 'bound' && addr.addresses.map((a) => a.host).join());
  assert.equal(await firstOf(found, (value) => value === '10.9.9.9'), '10.9.9.9');
  const failure = kept('other.example').transform((s) => ({
    kind: 'ok',
    value: s.kind === 'failed' ? s.error.message : s.kind,
  }));
  const message = 'io.l5d.specificHost: no address for other.example';
  assert.equal(await firstOf(failure, (value) => value === message), message);
});
