import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory of its own for one test (or one suite, given `{ after }` of node:test), removed after it. */
export function temporaryDirectory(t: { after(fn: () => void): void }): string {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-test-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
