import { globSync } from 'node:fs';
import { join } from 'node:path';
import { cycles, edges, reachable } from './import-graph.ts';
import { type Import, readImports } from './imports.ts';

/** What the files of one folder, or one file, may import; the longest fitting `of` counts. `a/*` are the files directly in `a`. */
interface Layer {
  readonly of: string;
  /** Files and folders of ours; its own are always allowed. */
  readonly ours: readonly string[];
  readonly npm: readonly string[];
  /** Modules of Node; `all` of them, or some, or one export of one (`node:http#STATUS_CODES`). */
  readonly node: 'all' | readonly string[];
}

const basics = [
  'core/closable.ts',
  'core/clock.ts',
  'core/world.ts',
  'core/version.ts',
  'core/pod-marks.ts',
  'core/host.ts',
];
const naming = ['core/naming', 'core/reactive'];
const kinds = [...basics, ...naming, 'core/config'];
const none: readonly string[] = [];
/** Decisions about pods: no clock, no file, no cluster, so that `heddle inject` takes the same ones offline. */
export const injection = [
  'decide inject linker-config mesh mesh-options overrides patch pod reasons review status'
    .split(' ')
    .map((name) => `webhook/${name}.ts`),
  'webhook/parts',
].flat();

/** The import rules. Tests beside their files, `test/`, `bench/` and `scripts/` may import anything. */
export const layers: readonly Layer[] = [
  ...basics.map((of) => ({
    of,
    ours: [...basics, 'core/telemetry'],
    npm: none,
    node: ['node:dns/promises', 'node:net', 'node:os'],
  })),
  { of: 'core/reactive', ours: ['core/closable.ts', 'core/clock.ts'], npm: none, node: none },
  { of: 'core/naming', ours: ['core/reactive', 'core/closable.ts'], npm: none, node: none },
  { of: 'core/config', ours: ['core/naming', 'core/telemetry'], npm: ['yaml', 'zod'], node: 'all' },
  { of: 'core/telemetry', ours: ['core/closable.ts', 'core/clock.ts', 'core/reactive'], npm: ['pino'], node: 'all' },
  { of: 'core/tls', ours: [...basics, 'core/reactive', 'core/telemetry'], npm: ['zod'], node: 'all' },
  { of: 'core/admin', ours: [...basics, 'core/telemetry'], npm: none, node: 'all' },
  {
    of: 'core/telemeters',
    ours: [...basics, 'core/config', 'core/naming', 'core/telemetry', 'core/admin'],
    npm: ['zod'],
    node: ['node:dgram'],
  },
  { of: 'core/http', ours: [...basics, 'core/reactive', 'core/telemetry'], npm: none, node: 'all' },
  // The linker's Kubernetes client: no big package, whatever the injector uses.
  { of: 'core/k8s', ours: [...basics, ...naming, 'core/telemetry'], npm: ['yaml'], node: 'all' },
  { of: 'core/files', ours: [...basics, 'core/reactive'], npm: none, node: 'all' },
  { of: 'core/zookeeper', ours: [...basics, 'core/reactive', 'core/telemetry'], npm: none, node: ['node:net'] },
  { of: 'core/transformers', ours: [...kinds, 'core/k8s'], npm: ['zod'], node: 'all' },
  {
    of: 'core/namers',
    ours: [...kinds, 'core/files', 'core/http', 'core/k8s', 'core/tls', 'core/transformers', 'core/zookeeper'],
    npm: ['zod'],
    node: 'all',
  },
  {
    of: 'core/interpreters',
    ours: [...kinds, 'core/files', 'core/k8s', 'core/transformers'],
    npm: ['zod'],
    node: 'all',
  },

  { of: 'sidecar', ours: ['core', 'sidecar'], npm: ['zod'], node: 'all' },
  // Neutral to the protocol: no sockets, no schemas.
  { of: 'sidecar/router', ours: [...basics, ...naming, 'core/telemetry'], npm: none, node: none },
  { of: 'sidecar/identifiers', ours: ['sidecar/router', 'core/k8s', ...kinds], npm: ['zod'], node: ['node:v8'] },
  { of: 'sidecar/balancers', ours: ['sidecar/router', 'core/telemetry', ...kinds], npm: ['zod'], node: none },
  { of: 'sidecar/accrual', ours: ['sidecar/router', 'sidecar/config/backoff.ts', ...kinds], npm: ['zod'], node: none },
  { of: 'sidecar/classifiers', ours: ['sidecar/router', ...kinds], npm: ['zod'], node: none },
  { of: 'sidecar/propagators', ours: ['sidecar/router', ...kinds, 'core/telemetry'], npm: ['zod'], node: none },
  {
    of: 'sidecar/filters',
    ours: ['sidecar/router', 'sidecar/propagators/propagator.ts', ...kinds, 'core/telemetry'],
    npm: none,
    node: none,
  },
  // The only place with data-plane sockets, and with codecs of its own, which know nothing of each other.
  ...['sidecar/protocol', 'sidecar/protocol/http1', 'sidecar/protocol/h2'].map((of) => ({
    of,
    ours: ['sidecar/router', 'sidecar/protocol/*', ...basics, ...naming, 'core/telemetry', 'core/tls'],
    npm: none,
    node: ['node:net', 'node:tls', 'node:zlib', 'node:http#STATUS_CODES'],
  })),
  {
    of: 'sidecar/config',
    ours: [
      ...kinds,
      'core/interpreters',
      'core/namers',
      'core/tls',
      'core/telemeters/zipkin.ts',
      'core/telemetry/roll-policy.ts',
      'sidecar/accrual',
      'sidecar/balancers',
      'sidecar/identifiers',
      'sidecar/propagators',
      'sidecar/router/backoff.ts',
      'sidecar/router/budget.ts',
    ],
    npm: ['zod'],
    node: none,
  },

  {
    of: 'webhook',
    ours: ['core', 'webhook'],
    npm: ['@kubernetes/client-node', 'express', 'node-forge', 'yaml', 'zod'],
    node: 'all',
  },
  ...injection.map((of) => ({
    of,
    ours: ['core/pod-marks.ts', ...injection],
    npm: ['fast-json-patch', 'yaml', 'zod'],
    node: ['node:crypto'],
  })),

  { of: 'manifests', ours: ['core', 'manifests'], npm: ['yaml'], node: 'all' },
  {
    of: 'cli',
    // What a process only computes, and each process's main, lazily.
    ours: [
      'core',
      'manifests',
      'sidecar/config.ts',
      'sidecar/config',
      'sidecar/check.ts',
      'webhook/linker-files.ts',
      ...injection,
    ],
    npm: ['commander', 'fast-json-patch', 'yaml', 'zod'],
    node: 'all',
  },
];

/** Packages that cost a linker tens of megabytes are not among these (DESIGN: a bare process is 40 MB). */
const linkerPackages = ['pino', 'yaml', 'zod'];

export function isProduct(path: string): boolean {
  return /^(core|sidecar|namerd|identity|webhook|cli|manifests)\//.test(path) && !path.endsWith('.test.ts');
}

/** Every breach of the rules, as `file:line: what is wrong`; `imports` are those of product files. */
export function breaches(imports: readonly Import[]): string[] {
  const graph = edges(imports, ['value']);
  const loaded = reachable(graph, 'sidecar/main.ts');
  return [
    ...imports.flatMap((one) => problem(one).map((text) => `${one.from}:${one.line}: ${text}`)),
    ...imports
      .filter(
        ({ from, how, what }) =>
          loaded.has(from) && how === 'value' && what.kind === 'npm' && !linkerPackages.includes(what.name),
      )
      .map(({ from, line, what }) => `${from}:${line}: makes the linker load ${what.kind === 'npm' ? what.name : ''}`),
    ...cycles(graph).map((files) => `${files[0]}: imports itself: ${files.join(' -> ')}`),
  ];
}

function problem({ from, how, what, names }: Import): string[] {
  const layer = layerOf(from);
  if (layer === undefined) return ['belongs to no layer; add it to scripts/layers.ts'];
  switch (what.kind) {
    case 'npm':
      return layer.npm.includes(what.name) ? [] : [`${layer.of} may not use the package ${what.name}`];
    case 'node': {
      if (layer.node === 'all' || layer.node.includes(what.name)) return [];
      const exports = names.map((name) => `${what.name}#${name}`);
      const fine = exports.length > 0 && exports.every((name) => layer.node.includes(name));
      return fine ? [] : [`${layer.of} may not use ${what.name}`];
    }
    case 'file':
      return fileProblem(layer, from, how, what.path);
  }
}

function fileProblem(layer: Layer, from: string, how: Import['how'], path: string): string[] {
  const [folder = '', ...rest] = path.split('/');
  const own = from.startsWith(`${folder}/`);
  if (path === 'package.json') return [];
  if (!isProduct(path)) return [`product imports ${path}`];
  if (rest.join('/') === 'main.ts')
    return how === 'lazy' && from.startsWith('cli/') ? [] : [`only cli imports ${path}, and lazily`];
  if (rest.join('/') === 'assemble.ts')
    return own && from === `${folder}/main.ts` ? [] : [`only ${folder}/main.ts imports ${path}`];
  return within(path, layer.of) || layer.ours.some((one) => within(path, one))
    ? []
    : [`${layer.of} may not import ${path}`];
}

function layerOf(path: string): Layer | undefined {
  return layers.filter(({ of }) => within(path, of)).sort((a, b) => b.of.length - a.of.length)[0];
}

function within(path: string, place: string): boolean {
  if (place.endsWith('/*')) return path.slice(0, path.lastIndexOf('/') + 1) === place.slice(0, -1);
  return path === place || path.startsWith(`${place}/`);
}

/** The product's source files, from the root of the repository. */
export function productFiles(root: string): string[] {
  return globSync('*/**/*.ts', { cwd: root, exclude: ['node_modules/**', 'dist/**'] })
    .filter(isProduct)
    .sort();
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..');
  const files = productFiles(root);
  const found = breaches(readImports(root, files));
  process.stdout.write(
    found.length === 0 ? `layers: ${files.length} files keep the import rules\n` : `${found.join('\n')}\n`,
  );
  process.exitCode = found.length === 0 ? 0 : 1;
}
