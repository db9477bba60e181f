import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The programs that the `tool` lines of a Go module name. */
export interface GoTools {
  /** The folder with its `go.mod` and `go.sum`. */
  readonly module: string;
  /** What the cache calls them, `kube`. */
  readonly name: string;
  /** Their names, in the order of the `tool` lines by path; `as` where Go would call one otherwise. */
  readonly programs: readonly string[];
  readonly as?: Readonly<Record<string, string>>;
  readonly linkerFlags?: string;
  /** What is built, and how long it takes: `etcd and Kubernetes; about six minutes`. */
  readonly building: string;
  /** What to do where there is no Go; `folder` is where they would be built. */
  readonly withoutGo: (folder: string) => string;
}

/**
 * The folder with the programs: in the cache, where they are built if need be. Two processes never build at the same
 * time. The folder is named for what goes into it and appears under that name only when it is complete.
 * @throws saying what to install where there are neither programs nor Go.
 */
export async function goTools(tools: GoTools, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const hash = createHash('sha256')
    .update(readFileSync(join(tools.module, 'go.mod')))
    .digest('hex')
    .slice(0, 16);
  const root = join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'heddle');
  const folder = join(root, `${tools.name}-${hash}`);
  const complete = (): boolean => tools.programs.every((name) => existsSync(join(folder, name)));
  if (complete()) return folder;

  requireGo(tools.withoutGo(folder), env);
  mkdirSync(root, { recursive: true });
  const unlock = await lock(`${folder}.lock`);
  try {
    if (!complete()) await build(tools, folder);
  } finally {
    unlock();
  }
  return folder;
}

function requireGo(otherwise: string, env: NodeJS.ProcessEnv): void {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore', env });
  } catch {
    throw new Error(otherwise);
  }
}

async function build(tools: GoTools, folder: string): Promise<void> {
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part);
  process.stderr.write(`building ${tools.building}, once, into ${folder}\n`);
  const flags = `-s -w ${tools.linkerFlags ?? ''}`.trim();
  const go = spawn('go', ['build', '-trimpath', '-buildvcs=false', '-ldflags', flags, '-o', part, 'tool'], {
    cwd: tools.module,
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const status = await new Promise<number | null>((done, fail) => go.once('error', fail).once('exit', done));
  if (status !== 0) throw new Error(`go build of ${tools.building} failed with status ${status}`);
  for (const [name, built] of Object.entries(tools.as ?? {})) renameSync(join(part, built), join(part, name));
  rmSync(folder, { recursive: true, force: true });
  renameSync(part, folder);
}

/** Waits for the lock folder at `path`; one left behind by a process that is gone is taken over. */
async function lock(path: string): Promise<() => void> {
  for (;;) {
    try {
      mkdirSync(path);
      writeFileSync(join(path, 'pid'), String(process.pid));
      return () => rmSync(path, { recursive: true, force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    await sleep(1000);
    if (!alive(path)) takeOver(path);
  }
}

function alive(path: string): boolean {
  try {
    process.kill(Number(readFileSync(join(path, 'pid'), 'utf8')), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** By renaming, so that of two takers one succeeds. */
function takeOver(path: string): void {
  const mine = `${path}.${process.pid}`;
  try {
    renameSync(path, mine);
    rmSync(mine, { recursive: true, force: true });
  } catch {
    // the other one did
  }
}
