import type { InstallOptions, NodeLinkerOptions } from '#manifests/options.ts';

export const nodeLinker: NodeLinkerOptions = {
  outgoingPort: 5140,
  incomingPort: 5141,
  adminPort: 5990,
  hostPort: false,
  configHash: 'abc',
};

/** An installation that has all there is, with no name or port that is a default. */
export const options: InstallOptions = {
  version: '1.2.3',
  namespace: 'mesh',
  image: 'registry.example/heddle:1.2.3',
  injector: { replicas: 2, failurePolicy: 'Ignore', args: ['--default-mode=node'] },
  linkers: { sidecar: 'routers: [sidecar]\n', node: 'routers: [node]\n' },
  nodeLinker,
  sidecarNamespaces: ['shop', 'blue'],
  tls: { secret: 'tls', files: { cert: 'CERT', key: 'KEY', ca: 'CA' } },
};

/** What stands at a place in an object; undefined where the place is not there. */
export const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((now, key) => (now as Record<string | number, unknown> | undefined)?.[key], value);

/** The places at which two objects differ, as `a.0.b`. */
export function differences(a: unknown, b: unknown, place = ''): string[] {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b) ? [] : [place];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].flatMap((key) => differences(at(a, key), at(b, key), place === '' ? key : `${place}.${key}`));
}
