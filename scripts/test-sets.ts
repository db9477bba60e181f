import { globSync } from 'node:fs';
import { injection } from './layers.ts';

/** A named set of test files and how to run it. */
export interface TestSet {
  readonly name: string;
  has(path: string): boolean;
  readonly options: readonly string[];
}

/** A test that fails leaves sockets open: its file must end all the same, so that the failure is told. */
const exit = '--test-force-exit';

const inside = (path: string, ...folders: readonly string[]): boolean =>
  folders.some((folder) => path.startsWith(`${folder}/`));

/** Takes seconds for each target. */
const fuzzes = (path: string): boolean => path === 'test/fuzz/short.test.ts';

/**
 * The sets of `npm test`, in order. Two test files at a time suit the two cores of a small machine; tests that start
 * linkers and clusters measure time and get the machine to themselves.
 */
export const testSets: readonly TestSet[] = [
  {
    name: 'unit',
    has: (path) =>
      !inside(path, 'test/integration', 'test/conformance', 'test/attacks', 'test/cluster') && !fuzzes(path),
    options: ['--test-reporter=dot', '--test-concurrency=2', '--test-timeout=120000', exit],
  },
  {
    name: 'integration',
    has: (path) => inside(path, 'test/integration'),
    options: ['--test-reporter=spec', '--test-concurrency=1', '--test-timeout=300000', exit],
  },
  {
    name: 'conformance',
    has: (path) => inside(path, 'test/conformance', 'test/attacks') || fuzzes(path),
    // No limit: the first run on a machine builds h2spec and gRPC's programs.
    options: ['--test-reporter=spec', '--test-concurrency=1', exit],
  },
  {
    name: 'cluster',
    has: (path) => inside(path, 'test/cluster'),
    // No limit: the first run on a machine builds Kubernetes, which takes minutes.
    options: ['--test-reporter=spec', '--test-concurrency=1', exit],
  },
];

/** What must be covered by its unit tests, to 95 % of its lines. */
export const covered: readonly {
  readonly name: string;
  has(path: string): boolean;
  readonly include: readonly string[];
}[] = [
  { name: 'naming', has: (path) => inside(path, 'core/naming', 'test/naming'), include: ['core/naming/**'] },
  {
    name: 'injection',
    has: (path) => inside(path, 'webhook', 'test/inject'),
    include: injection.map((path) => (path.endsWith('.ts') ? path : `${path}/**`)),
  },
];

/** Every test file, from the root of the repository. */
export function testFiles(root: string): string[] {
  return globSync('*/**/*.test.ts', { cwd: root, exclude: ['**/node_modules/**', 'dist/**'] }).sort();
}
