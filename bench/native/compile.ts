import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const here = import.meta.dirname;
const headers = ['framing.h', 'samples.h'];
/** Libraries by program. */
const libraries = { origin: [], load: [], 'load-h2': ['-lnghttp2'] } as const;

/**
 * Compiles a program of this folder with gcc, once per content, into a cache outside the checkout; gives its path.
 *
 * Throws with gcc's own words when the compiler refuses.
 */
export function compiled(name: keyof typeof libraries): string {
  const source = join(here, `${name}.c`);
  const hash = createHash('sha256');
  for (const file of [source, ...headers.map((header) => join(here, header))]) hash.update(readFileSync(file));
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'heddle', 'bench');
  const program = join(cache, `${name}-${hash.digest('hex').slice(0, 12)}`);
  if (!existsSync(program)) {
    mkdirSync(cache, { recursive: true });
    const fresh = `${program}.${process.pid}`;
    execFileSync('gcc', ['-O2', '-Wall', '-o', fresh, source, ...libraries[name]], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    renameSync(fresh, program);
  }
  return program;
}
