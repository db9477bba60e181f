import assert from 'node:assert/strict';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { BoundTree } from '#test/helpers/bound-tree.ts';
import { worldWith } from '#test/helpers/observed.ts';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { utilityNamers } from '../namers/utility/utilities.ts';
import { fsInterpreter } from './fs.ts';

function start(t: TestContext, text: string) {
  const dtabFile = join(temporaryDirectory(t), 'dtab');
  writeFileSync(dtabFile, text);
  const world = worldWith({});
  const namers = { configured: [], utilities: utilityNamers(world) };
  const config = fsInterpreter.schema.parse({ kind: 'io.l5d.fs', dtabFile });
  return { dtabFile, world, interpreter: fsInterpreter.make(config, { namers, world }) };
}

test('linkerd1: interpreters namerd.http, fs, configMap, consul: fs follows its file, under the router’s table', async (t) => {
  const { dtabFile, interpreter } = start(t, '/svc => /$/inet/1.1.1.1/1 ;\n');
  const web = new BoundTree(t, interpreter, '/svc');
  const own = new BoundTree(t, interpreter, '/svc', '/svc => /$/inet/9.9.9.9/9');
  await web.until('/$/inet/1.1.1.1/1');
  await own.until('/$/inet/9.9.9.9/9');
  writeFileSync(`${dtabFile}.new`, '/svc => /$/inet/2.2.2.2/2');
  renameSync(`${dtabFile}.new`, dtabFile);
  await web.until('/$/inet/2.2.2.2/2');
  writeFileSync(dtabFile, '');
  await web.until('~');
});

test('while the file is no table, names in use stay bound and others are told; then all follow it again', async (t) => {
  const { dtabFile, interpreter, world } = start(t, '/svc => /$/inet/1.1.1.1/1');
  const web = new BoundTree(t, interpreter, '/svc');
  await web.until('/$/inet/1.1.1.1/1');
  writeFileSync(dtabFile, '/svc =>');
  await web.until("failed: simple expected but end of input found at '/svc =>[]'");
  const logged = world.lines.find(({ level }) => level === 'error');
  assert.deepEqual(logged?.fields, {
    source: dtabFile,
    reason: "simple expected but end of input found at '/svc =>[]'",
  });
  writeFileSync(dtabFile, '/svc => /$/inet/2.2.2.2/2');
  await web.until('/$/inet/2.2.2.2/2');
});

test('a file that is gone leaves what was read, for new names too', async (t) => {
  const { dtabFile, interpreter } = start(t, '/svc => /$/inet/1.1.1.1/1');
  await new BoundTree(t, interpreter, '/svc').until('/$/inet/1.1.1.1/1');
  rmSync(dtabFile);
  await new BoundTree(t, interpreter, '/svc').until('/$/inet/1.1.1.1/1');
});

test('the file has to be there when the configuration is read', () => {
  const parsed = fsInterpreter.schema.safeParse({ kind: 'io.l5d.fs', dtabFile: '/nowhere/dtab' });
  assert.equal(parsed.error?.issues[0]?.message, '/nowhere/dtab is not a file');
  assert.equal(fsInterpreter.schema.safeParse({ kind: 'io.l5d.fs' }).success, false);
});
