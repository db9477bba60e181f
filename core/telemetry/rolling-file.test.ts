import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { ManualClock } from '../clock.ts';
import { RollingFile, type RollingFileOptions } from './rolling-file.ts';

function rolling(t: TestContext, options: Partial<RollingFileOptions> = {}) {
  const dir = temporaryDirectory(t);
  const clock = new ManualClock();
  const failures: { readonly text: string; readonly lost: number }[] = [];
  const file = new RollingFile({
    file: join(dir, 'access.log'),
    roll: { kind: 'never' },
    append: true,
    keep: -1,
    clock,
    failed: ({ message }, lost) => failures.push({ text: message, lost }),
    ...options,
  });
  t.after(() => file.close());
  const said = async (...lines: readonly string[]) => {
    for (const line of lines) file.line(line);
    await file.settled();
  };
  const text = (name = 'access.log') => readFileSync(join(dir, name), 'latin1');
  return { dir, clock, file, failures, said, text, names: () => readdirSync(dir).sort() };
}

test('linkerd1: access log with rotation: lines go into the file, each by itself', async (t) => {
  const { said, text, failures } = rolling(t);
  await said('one', 'two');
  await said('thr\xe9e');
  assert.equal(text(), 'one\ntwo\nthr\xe9e\n');
  assert.deepEqual(failures, []);
});

test('what the file held stays, or goes', async (t) => {
  for (const append of [true, false]) {
    const { dir, said, text } = rolling(t, { append });
    writeFileSync(join(dir, 'access.log'), 'old\n');
    await said('new');
    assert.equal(text(), append ? 'old\nnew\n' : 'new\n');
  }
});

test('a full hour begins a new file; as many older ones are kept as are wanted', async (t) => {
  const { clock, said, text, names } = rolling(t, { roll: { kind: 'hourly' }, keep: 2 });
  for (let hour = 0; hour < 4; hour++) {
    await said(`hour ${hour}`);
    clock.advance(3_600_000);
  }
  assert.equal(names().length, 3);
  assert.equal(text(), 'hour 3\n');
  assert.deepEqual(
    names().map((name) => text(name)),
    ['hour 1\n', 'hour 2\n', 'hour 3\n'],
  );
});

test('a file is full when the next lines would make it larger than wanted, what it held at the start included', async (t) => {
  const { dir, clock, said, text, names } = rolling(t, { roll: { kind: 'size', bytes: 10 } });
  writeFileSync(join(dir, 'access.log'), '12345\n');
  await said('67');
  assert.equal(text(), '12345\n67\n');
  clock.advance(5);
  await said('89');
  assert.deepEqual([names().length, text()], [2, '89\n']);
});

test('a file that cannot be written costs its lines, tells so, and is tried again', async (t) => {
  const { dir, said, failures, text } = rolling(t);
  mkdirSync(join(dir, 'access.log'));
  await said('one', 'two');
  assert.deepEqual([failures.length, failures[0]?.lost], [1, 2]);
  assert.match(failures[0]?.text ?? '', /EISDIR/);
  rmSync(join(dir, 'access.log'), { recursive: true });
  await said('three');
  assert.equal(text(), 'three\n');
});

test('what comes faster than it can be written is lost beyond a megabyte, and counted', async (t) => {
  const { said, failures, text } = rolling(t);
  await said(...Array.from({ length: 3000 }, () => 'x'.repeat(999)));
  assert.equal(failures.length, 1);
  assert.equal(text().length / 1000 + (failures[0]?.lost ?? 0), 3000);
});
