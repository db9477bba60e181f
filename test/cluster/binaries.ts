import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Absolute paths of the programs a Kubernetes control plane for tests is made of. */
export interface Binaries {
  readonly etcd: string;
  readonly 'kube-apiserver': string;
  readonly 'kube-controller-manager': string;
  readonly kubectl: string;
}

const names = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'] as const;
const here = import.meta.dirname;
const version = 'v1.36.3';

/**
 * Finds the binaries: in the folder `KUBEBUILDER_ASSETS` names (which may lack the controller manager), else in the
 * cache, else by building them there with Go, about six minutes once. Two processes never build at the same time.
 * @throws saying what to install where there are neither binaries nor Go.
 */
export async function clusterBinaries(env: NodeJS.ProcessEnv = process.env): Promise<Binaries> {
  const assets = env['KUBEBUILDER_ASSETS'];
  const given = (name: string): string | undefined =>
    assets !== undefined && existsSync(join(assets, name)) ? join(assets, name) : undefined;
  const cached = names.every((name) => given(name) !== undefined) ? undefined : await cache(env);
  const find = (name: string): string => given(name) ?? join(cached ?? '', name);
  return {
    etcd: find('etcd'),
    'kube-apiserver': find('kube-apiserver'),
    'kube-controller-manager': find('kube-controller-manager'),
    kubectl: find('kubectl'),
  };
}

/** The folder is named for what goes into it and appears under that name only when it is complete. */
async function cache(env: NodeJS.ProcessEnv): Promise<string> {
  const hash = createHash('sha256')
    .update(readFileSync(join(here, 'go.mod')))
    .digest('hex')
    .slice(0, 16);
  const root = join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'heddle');
  const folder = join(root, `kube-${hash}`);
  const complete = (): boolean => names.every((name) => existsSync(join(folder, name)));
  if (complete()) return folder;

  requireGo(folder, env);
  mkdirSync(root, { recursive: true });
  const unlock = await lock(`${folder}.lock`);
  try {
    if (!complete()) await build(folder);
  } finally {
    unlock();
  }
  return folder;
}

function requireGo(folder: string, env: NodeJS.ProcessEnv): void {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore', env });
  } catch {
    throw new Error(
      'The cluster tests need a Kubernetes control plane. Either install Go 1.26 or later (https://go.dev/dl), which ' +
        `builds it once into ${folder}; or set KUBEBUILDER_ASSETS to a folder with ${names.join(', ')}.`,
    );
  }
}

async function build(folder: string): Promise<void> {
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part);
  process.stderr.write(`building etcd and Kubernetes ${version} into ${folder}; about six minutes, once\n`);
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  const pkg = 'k8s.io/component-base/version';
  const stamp = `-X ${pkg}.gitVersion=${version} -X ${pkg}.gitMajor=${major} -X ${pkg}.gitMinor=${minor}`;
  const go = spawn('go', ['build', '-trimpath', '-buildvcs=false', '-ldflags', `-s -w ${stamp}`, '-o', part, 'tool'], {
    cwd: here,
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const status = await new Promise<number | null>((done, fail) => go.once('error', fail).once('exit', done));
  if (status !== 0) throw new Error(`go build of the Kubernetes binaries failed with status ${status}`);
  renameSync(join(part, 'server'), join(part, 'etcd'));
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
