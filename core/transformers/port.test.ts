import assert from 'node:assert/strict';
import { test } from 'node:test';
import { worldWithoutNames } from '#test/naming/fixture-mesh.ts';
import { transformed, web } from '#test/naming/transformed.ts';
import { boundAddr } from '../naming/name.ts';
import { portTransformer } from './port.ts';

const make = (config: object) =>
  portTransformer.make(portTransformer.schema.parse({ kind: 'io.l5d.port', ...config }), worldWithoutNames);

test('the port of every address is overwritten, now of many, now of none', () => {
  const to4141 = make({ port: 4141 });
  assert.equal(transformed(to4141), '/%/io.l5d.port/4141/#/web /r <127.0.0.1:4141 10.9.9.9:4141>');
  assert.equal(transformed(to4141, web(boundAddr())), '/%/io.l5d.port/4141/#/web /r <>');
  assert.equal(transformed(to4141, web({ kind: 'neg' })), '/%/io.l5d.port/4141/#/web /r <neg>');
});

test('the tag may be another', () => {
  assert.equal(make({ port: 1, prefix: '/my/tag' }).tag.show, '/%/my/tag');
});

test('a port is required, and one there can be', () => {
  for (const config of [{}, { port: 70_000 }, { port: 1, prefix: 'x' }, { port: 1, host: 'x' }])
    assert.throws(() => make(config));
});
