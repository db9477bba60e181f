import { readFileSync } from 'node:fs';
import type { Namespace, Scene } from '#webhook/decide.ts';
import { readLinkerConfig } from '#webhook/linker-config.ts';
import type { Linkers, Mesh } from '#webhook/mesh.ts';
import { meshOf, meshOptions } from '#webhook/mesh-options.ts';
import type { Pod } from '#webhook/pod.ts';

const linkerText = (name: string): string =>
  readFileSync(new URL(`../../manifests/linker/${name}`, import.meta.url), 'utf8');

/** The linker configurations that `heddle install` ships. */
export const linkers: Linkers = {
  sidecar: readLinkerConfig('sidecar.yaml', linkerText('sidecar.yaml')),
  node: readLinkerConfig('node.yaml', linkerText('node.yaml')),
};

export const mesh: Mesh = meshOf(meshOptions.parse({}), '1.2.3');

export function namespace(name = 'shop', inject?: string, mode?: string): Namespace {
  return {
    name,
    labels: inject === undefined ? {} : { 'heddle.io/inject': inject },
    annotations: mode === undefined ? {} : { 'heddle.io/mode': mode },
  };
}

export const scene = (pod: Pod, change: Partial<Scene> = {}): Scene => ({
  pod,
  namespace: namespace('shop', 'enabled'),
  mesh,
  linkers,
  ...change,
});

/** A pod with one container, or with the given spec. */
export function podOf(spec: object = {}, annotations?: Record<string, string>, labels?: Record<string, string>): Pod {
  return {
    metadata: { ...(annotations === undefined ? {} : { annotations }), ...(labels === undefined ? {} : { labels }) },
    spec: { containers: [{ name: 'app' }], ...spec },
  };
}
