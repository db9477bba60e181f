import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { eventually } from '#test/helpers/within.ts';
import { systemClock } from '../clock.ts';
import { WatchedFiles } from './watched-files.ts';

test('the text of a file is pending until it is there, follows it, and stays when the file goes', async (t) => {
  const file = join(temporaryDirectory(t), 'text');
  const seen: string[] = [];
  const files = new WatchedFiles(systemClock);
  const handle = files.read(file).states.observe((state) => {
    seen.push(state.kind === 'ok' ? state.value : state.kind);
  });
  t.after(() => handle.close());
  const until = (text: string) => eventually(() => (seen.at(-1) === text ? true : undefined), `it is ${text}`);
  writeFileSync(file, 'one');
  await until('one');
  rmSync(file);
  writeFileSync(file, 'two');
  await until('two');
  assert.equal(seen[0], 'pending');
  handle.close();
  assert.equal(files.watching, 0);
});

test('what a directory holds is listed as it changes, and nothing where there is none', async (t) => {
  const directory = temporaryDirectory(t);
  const seen: string[] = [];
  const handle = new WatchedFiles(systemClock).list(directory).states.observe((state) => {
    seen.push(state.kind === 'ok' ? [...state.value].map((entry) => entry.join(':')).join(' ') : state.kind);
  });
  t.after(() => handle.close());
  const until = (text: string) => eventually(() => (seen.at(-1) === text ? true : undefined), `it is ${text}`);
  await until('');
  writeFileSync(join(directory, 'a'), '');
  await until('a:file');
  rmSync(directory, { recursive: true });
  await until('');
});
