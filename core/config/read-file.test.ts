import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { ConfigUnreadable, readConfigFile } from './read-file.ts';

test('a file is read; what is none is named', (t) => {
  const dir = temporaryDirectory(t);
  const file = join(dir, 'a.yaml');
  writeFileSync(file, 'a: ü\n');
  mkdirSync(join(dir, 'd'));
  assert.equal(readConfigFile(file), 'a: ü\n');
  for (const not of ['nope', 'd']) {
    assert.throws(
      () => readConfigFile(join(dir, not)),
      new ConfigUnreadable(`config is not a file: ${join(dir, not)}`),
    );
  }
});

test('a file that the system cannot even look at is one that cannot be read', (t) => {
  const loop = join(temporaryDirectory(t), 'loop');
  symlinkSync(loop, loop);
  assert.throws(() => readConfigFile(loop), { name: 'ConfigUnreadable', message: /^config cannot be read: ELOOP/ });
});
