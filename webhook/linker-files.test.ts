import assert from 'node:assert/strict';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { recordingLog } from '#test/helpers/recording-log.ts';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { LinkerFiles } from './linker-files.ts';

function followed(t: TestContext) {
  const folder = temporaryDirectory(t);
  cpSync(new URL('../manifests/linker', import.meta.url), folder, { recursive: true });
  const [clock, log] = [new ManualClock(), recordingLog()];
  const files = new LinkerFiles(folder, clock, log);
  t.after(() => files.close());
  return { clock, log, files, sidecar: join(folder, 'sidecar.yaml') };
}

const text = (port: number) =>
  `routers:\n- {label: outgoing, servers: [{port: ${port}}]}\n- {label: incoming, servers: [{port: 2}]}\n`;

test('a change is seen within seconds and logged', (t) => {
  const { clock, log, files, sidecar } = followed(t);
  assert.equal(files.linkers.sidecar.outgoingPort, 4140);
  writeFileSync(sidecar, text(1));
  clock.advance(5_000);
  assert.equal(files.linkers.sidecar.outgoingPort, 1);
  assert.deepEqual(
    log.lines.map(({ event }) => event),
    ['linker configuration changed'],
  );
});

test('what cannot be used is complained of once, and the last good state stands', (t) => {
  const { clock, log, files, sidecar } = followed(t);
  writeFileSync(sidecar, 'routers: []');
  clock.advance(5_000);
  clock.advance(5_000);
  rmSync(sidecar);
  clock.advance(5_000);
  assert.equal(files.linkers.sidecar.outgoingPort, 4140);
  assert.deepEqual(
    log.lines.map(({ level }) => level),
    ['error', 'error'],
  );
  writeFileSync(sidecar, text(3));
  clock.advance(5_000);
  assert.equal(files.linkers.sidecar.outgoingPort, 3);
});

test('after closing nothing is read', (t) => {
  const { clock, files, sidecar } = followed(t);
  files.close();
  writeFileSync(sidecar, text(1));
  clock.advance(60_000);
  assert.equal(files.linkers.sidecar.outgoingPort, 4140);
});

test('files that cannot be used at the start are an error', (t) => {
  assert.throws(
    () => new LinkerFiles(temporaryDirectory(t), new ManualClock(), recordingLog()),
    /ENOENT.*sidecar\.yaml/,
  );
});
