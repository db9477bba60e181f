import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { firstOf } from '#test/naming/compare.ts';
import { worldWithoutNames } from '#test/naming/fixture-mesh.ts';
import { namersAlone } from '../naming/interpreter.ts';
import { showTree } from '../naming/name-tree.ts';
import { Path } from '../naming/path.ts';
import { namerKinds } from './kinds.ts';
import { makeNamers } from './make-namers.ts';
import { utilityNamers } from './utility/utilities.ts';

test('namers have their transformers, which may name other namers; the last configured comes first', async (t) => {
  const rootDir = temporaryDirectory(t);
  for (const name of ['web', 'other']) writeFileSync(join(rootDir, name), '10.0.0.1 80');
  const configs = [
    { kind: 'io.l5d.fs', rootDir },
    { kind: 'io.l5d.fs', rootDir, prefix: '/r', transformers: [{ kind: 'io.l5d.replace', path: '/#/later/other' }] },
    {
      kind: 'io.l5d.fs',
      rootDir,
      prefix: '/later',
      transformers: [
        { kind: 'io.l5d.port', port: 1 },
        { kind: 'io.l5d.port', port: 2 },
      ],
    },
    { kind: 'io.l5d.rewrite', prefix: '/io.l5d.fs', pattern: '/first', name: '/#/io.l5d.fs/web' },
  ].map((config) => namerKinds.schema.parse(config));
  const utilities = utilityNamers(worldWithoutNames);
  const bindPath = namersAlone(makeNamers(configs, worldWithoutNames, utilities), utilities);
  const bound = async (path: string, expected: string): Promise<void> => {
    const shown = bindPath(Path.read(path)).map((tree) => showTree(tree, (b) => b.id.show));
    assert.equal(await firstOf(shown, (value) => value === expected), expected);
  };
  await bound('/#/io.l5d.fs/web', '/#/io.l5d.fs/web');
  await bound('/#/io.l5d.fs/first', '/#/io.l5d.fs/web');
  await bound('/#/later/web', '/%/io.l5d.port/2/%/io.l5d.port/1/#/later/web');
  await bound('/#/r/web', '/%/io.l5d.replace/#/later/other');
  await bound('/#/r/none', '~');
});

test('a kind of Linkerd that is not there yet is named, not unknown', () => {
  const refusal = (kind: string): string =>
    namerKinds.schema.safeParse({ kind }).error?.issues[0]?.message ?? 'accepted';
  for (const kind of namerKinds.planned)
    assert.match(refusal(kind), /is a Linkerd 1\.x namer that Heddle does not have yet/);
  assert.match(refusal('io.l5d.f'), /unknown namer io\.l5d\.f/);
});
