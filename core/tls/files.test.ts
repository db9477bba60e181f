import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { eventually } from '#test/helpers/within.ts';
import { ManualClock, systemClock } from '../clock.ts';
import type { State } from '../reactive/activity.ts';
import { fileContents } from './files.ts';

type Contents = State<readonly string[]>;
const show = (state: Contents | undefined): string =>
  state?.kind === 'ok' ? state.value.join('|') : state?.kind === 'failed' ? state.error.message : 'pending';

/** Everything the observer of some files is told, in order. */
function following(t: TestContext, paths: readonly string[], clock = systemClock): { seen: Contents[]; close(): void } {
  const seen: Contents[] = [];
  const handle = fileContents(paths, clock).states.observe((state) => seen.push(state));
  t.after(() => handle.close());
  return { seen, close: () => handle.close() };
}

const until = (seen: Contents[], text: string): Promise<true> =>
  eventually(() => (show(seen.at(-1)) === text ? true : undefined), `the files read ${text}`);

describe('files are read', () => {
  test('at once, inside observe', (t) => {
    const directory = temporaryDirectory(t);
    writeFileSync(join(directory, 'a'), 'A');
    writeFileSync(join(directory, 'b'), 'B');
    const { seen } = following(t, [join(directory, 'b'), join(directory, 'a')]);
    assert.deepEqual(seen.map(show), ['B|A']);
  });

  test('again when one is written, replaced by rename, removed or made', async (t) => {
    const directory = temporaryDirectory(t);
    const path = join(directory, 'a');
    const { seen } = following(t, [path]);
    assert.equal(show(seen.at(-1)), `cannot read ${path}: ENOENT`);
    writeFileSync(path, 'one');
    await until(seen, 'one');
    writeFileSync(path, 'two');
    await until(seen, 'two');
    writeFileSync(`${path}.new`, 'three');
    renameSync(`${path}.new`, path);
    await until(seen, 'three');
    unlinkSync(path);
    await until(seen, `cannot read ${path}: ENOENT`);
    writeFileSync(path, 'three');
    await until(seen, 'three');
  });

  test('again when a mounted Secret swaps its ..data link, all of them at once', async (t) => {
    const directory = temporaryDirectory(t);
    const publish = (version: string): void => {
      mkdirSync(join(directory, `..${version}`));
      for (const name of ['tls.crt', 'tls.key'])
        writeFileSync(join(directory, `..${version}`, name), `${name} ${version}`);
      symlinkSync(`..${version}`, join(directory, '..data_tmp'));
      renameSync(join(directory, '..data_tmp'), join(directory, '..data'));
    };
    publish('1');
    for (const name of ['tls.crt', 'tls.key']) symlinkSync(`..data/${name}`, join(directory, name));
    const { seen } = following(t, [join(directory, 'tls.crt'), join(directory, 'tls.key')]);
    publish('2');
    rmSync(join(directory, '..1'), { recursive: true });
    await until(seen, 'tls.crt 2|tls.key 2');
    assert.deepEqual(seen.map(show), ['tls.crt 1|tls.key 1', 'tls.crt 2|tls.key 2']);
  });

  test('as a pair when one is written right after the other', async (t) => {
    const directory = temporaryDirectory(t);
    const paths = [join(directory, 'a'), join(directory, 'b')];
    const write = (text: string): void => {
      for (const path of paths) writeFileSync(path, text);
    };
    write('1');
    const { seen } = following(t, paths);
    write('2');
    await until(seen, '2|2');
    assert.deepEqual(seen.map(show), ['1|1', '2|2']);
  });

  test('without a word when they are the same as before', async (t) => {
    const directory = temporaryDirectory(t);
    const path = join(directory, 'a');
    writeFileSync(path, 'same');
    const { seen } = following(t, [path]);
    writeFileSync(path, 'same');
    writeFileSync(join(directory, 'other'), 'x');
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.equal(seen.length, 1);
  });

  test('now and then where no watch can tell', (t) => {
    const clock = new ManualClock();
    const path = join(temporaryDirectory(t), 'not', 'there', 'yet');
    const { seen } = following(t, [path], clock);
    clock.advance(10_000);
    assert.equal(seen.length, 1);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, 'now');
    clock.advance(4_999);
    assert.equal(seen.length, 1);
    clock.advance(1);
    assert.equal(show(seen.at(-1)), 'now');
    clock.advance(20_000);
    assert.equal(seen.length, 2);
  });

  test('no more once closed', async (t) => {
    const path = join(temporaryDirectory(t), 'a');
    writeFileSync(path, '1');
    const { seen, close } = following(t, [path]);
    writeFileSync(path, '2');
    close();
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.deepEqual(seen.map(show), ['1']);
    const clock = new ManualClock();
    const slow = following(t, [path], clock);
    slow.close();
    writeFileSync(path, '3');
    clock.advance(60_000);
    assert.deepEqual(slow.seen.map(show), ['2']);
  });
});

test('no files are known at once', (t) => {
  assert.deepEqual(following(t, []).seen.map(show), ['']);
});
