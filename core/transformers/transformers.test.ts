import assert from 'node:assert/strict';
import { test } from 'node:test';
import { valueNow } from '#test/helpers/state-now.ts';
import { firstOf } from '#test/naming/compare.ts';
import { worldWithoutNames } from '#test/naming/fixture-mesh.ts';
import { metaKeys } from '../naming/meta.ts';
import { type Addr, address, type Bound, boundAddr, boundName } from '../naming/name.ts';
import { alt, fail, leaf, type NameTree, neg, showTree, union } from '../naming/name-tree.ts';
import type { BindPath } from '../naming/namer.ts';
import { Path } from '../naming/path.ts';
import { Activity } from '../reactive/activity.ts';
import { keepHost } from './hosts.ts';
import { transformerKinds } from './kinds.ts';

const replicas = boundAddr(address('127.0.0.1', 80), address('10.9.9.9', 81));
const web = (addr: Addr = replicas): NameTree<Bound> =>
  leaf(boundName(Path.read('/#/web'), Path.of('r'), Activity.value(addr)));
const target = (): NameTree<Bound> =>
  union({ weight: 1, tree: web(boundAddr(address('10.0.0.9', 99))) }, { weight: 2, tree: neg });
const bindPath: BindPath = (path) => Activity.value(path.show === '/#/target' ? target() : neg);

const make = (config: object) => transformerKinds.make(transformerKinds.schema.parse(config), worldWithoutNames);

/** What a tree is transformed to, with its addresses. */
function transformed(config: object, tree: NameTree<Bound> = web()): string {
  return showTree(
    valueNow(make(config).transform(tree, bindPath)),
    (b) => `${b.id.show} ${b.residual.show} <${addresses(b)}>`,
  );
}

function addresses(bound: Bound): string {
  const addr = valueNow(bound.addr);
  return addr.kind === 'neg' ? 'neg' : addr.addresses.map((a) => `${a.host}:${a.port}`).join(' ');
}

test('io.l5d.port overwrites the port of every address, also where there is none', () => {
  const port = { kind: 'io.l5d.port', port: 4141 };
  assert.equal(transformed(port), '/%/io.l5d.port/4141/#/web /r <127.0.0.1:4141 10.9.9.9:4141>');
  assert.equal(transformed(port, web(boundAddr())), '/%/io.l5d.port/4141/#/web /r <>');
  assert.equal(transformed(port, web({ kind: 'neg' })), '/%/io.l5d.port/4141/#/web /r <neg>');
  assert.equal(transformed({ ...port, prefix: '/my/tag' }), '/%/my/tag/#/web /r <127.0.0.1:4141 10.9.9.9:4141>');
});

test('io.l5d.localhost keeps the addresses of this host', () => {
  assert.equal(transformed({ kind: 'io.l5d.localhost' }), '/%/io.l5d.localhost/#/web /r <127.0.0.1:80>');
  const elsewhere = web(boundAddr(address('192.0.2.200', 80)));
  assert.equal(transformed({ kind: 'io.l5d.localhost' }, elsewhere), '/%/io.l5d.localhost/#/web /r <neg>');
});

test('an address that is an answer stays where hosts are compared', () => {
  const answer = { host: '0.0.0.0', port: 0, weight: 1, meta: { [metaKeys.httpStatus]: '418' } };
  assert.equal(
    transformed({ kind: 'io.l5d.localhost' }, web(boundAddr(answer))),
    '/%/io.l5d.localhost/#/web /r <0.0.0.0:0>',
  );
});

test('io.l5d.specificHost keeps the addresses of one host', () => {
  assert.equal(
    transformed({ kind: 'io.l5d.specificHost', host: '10.9.9.9' }),
    '/%/io.l5d.specificHost/#/web /r <10.9.9.9:81>',
  );
});

test('io.l5d.specificHost may be given a name, which is resolved', async () => {
  const kept = (host: string): Activity<Addr> =>
    keepHost(Path.of('%', 'h'), host, async (name) => {
      if (name !== 'web.example') throw new Error('no such host');
      return ['10.9.9.9', '10.9.9.8'];
    }).each(boundName(Path.read('/#/web'), Path.empty, Activity.value(replicas))).addr;
  const found = kept('web.example').map((addr) => addr.kind === 'bound' && addr.addresses.map((a) => a.host).join());
  assert.equal(await firstOf(found, (value) => value === '10.9.9.9'), '10.9.9.9');
  const failure = kept('other.example').transform((s) => ({
    kind: 'ok',
    value: s.kind === 'failed' ? s.error.message : s.kind,
  }));
  const message = 'io.l5d.specificHost: no address for other.example';
  assert.equal(await firstOf(failure, (value) => value === message), message);
});

test('io.l5d.replace puts a binding in the place of every leaf, under its own id', () => {
  const replace = { kind: 'io.l5d.replace', path: '/#/target' };
  const replaced = '/%/io.l5d.replace/#/target /r <10.0.0.9:99> & 2.00*~';
  assert.equal(transformed(replace), replaced);
  assert.equal(transformed(replace, alt(neg, web(), fail)), `~ | ${replaced} | !`);
  assert.equal(transformed(replace, neg), '~');
});

test('io.l5d.const puts a binding in the place of the tree, whatever it was', () => {
  const constant = { kind: 'io.l5d.const', path: '/#/target' };
  for (const tree of [web(), neg, fail])
    assert.equal(transformed(constant, tree), '/%/io.l5d.const/#/target /r <10.0.0.9:99> & 2.00*~');
});

test('those that replace trees cannot be shown in delegations, the others can', () => {
  assert.equal(make({ kind: 'io.l5d.replace', path: '/#/x' }).each, undefined);
  assert.equal(make({ kind: 'io.l5d.const', path: '/#/x' }).each, undefined);
  assert.ok(make({ kind: 'io.l5d.port', port: 1 }).each);
});

test('keys are required and checked', () => {
  for (const config of [
    { kind: 'io.l5d.port' },
    { kind: 'io.l5d.port', port: 70_000 },
    { kind: 'io.l5d.specificHost' },
    { kind: 'io.l5d.replace' },
    { kind: 'io.l5d.const', path: 'x' },
    { kind: 'io.l5d.localhost', host: 'x' },
    { kind: 'io.l5d.port', port: 1, prefix: 'x' },
  ]) {
    assert.throws(() => make(config), JSON.stringify(config));
  }
});
