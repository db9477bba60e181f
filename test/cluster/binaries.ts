import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type GoTools, goTools } from '#test/helpers/go-tools.ts';

/** Absolute paths of the programs a Kubernetes control plane for tests is made of. */
export interface Binaries {
  readonly etcd: string;
  readonly 'kube-apiserver': string;
  readonly 'kube-controller-manager': string;
  readonly kubectl: string;
}

const names = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'] as const;
const version = 'v1.36.3';
const [, major, minor] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
const stamped = 'k8s.io/component-base/version';

const tools: GoTools = {
  module: import.meta.dirname,
  name: 'kube',
  programs: names,
  as: { etcd: 'server' },
  linkerFlags: `-X ${stamped}.gitVersion=${version} -X ${stamped}.gitMajor=${major} -X ${stamped}.gitMinor=${minor}`,
  building: `etcd and Kubernetes ${version}; about six minutes`,
  withoutGo: (folder) =>
    'The cluster tests need a Kubernetes control plane. Either install Go 1.26 or later (https://go.dev/dl), which ' +
    `builds it once into ${folder}; or set KUBEBUILDER_ASSETS to a folder with ${names.join(', ')}.`,
};

/**
 * Finds the binaries: in the folder `KUBEBUILDER_ASSETS` names (which may lack the controller manager), else in the
 * cache, else by building them there with Go.
 * @throws saying what to install where there are neither binaries nor Go.
 */
export async function clusterBinaries(env: NodeJS.ProcessEnv = process.env): Promise<Binaries> {
  const assets = env['KUBEBUILDER_ASSETS'];
  const given = (name: string): string | undefined =>
    assets !== undefined && existsSync(join(assets, name)) ? join(assets, name) : undefined;
  const cached = names.every((name) => given(name) !== undefined) ? undefined : await goTools(tools, env);
  const find = (name: string): string => given(name) ?? join(cached ?? '', name);
  return {
    etcd: find('etcd'),
    'kube-apiserver': find('kube-apiserver'),
    'kube-controller-manager': find('kube-controller-manager'),
    kubectl: find('kubectl'),
  };
}
