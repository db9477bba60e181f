import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { covered, testFiles, testSets } from './test-sets.ts';

/*
 * node scripts/test.ts unit | integration | conformance | cluster | all | coverage [part of a path …]
 *
 * Runs named sets of tests on the Node that runs this. Parts of paths choose among a set's files.
 */
const root = join(import.meta.dirname, '..');
const [wanted = 'all', ...parts] = process.argv.slice(2);
const files = testFiles(root).filter((path) => parts.length === 0 || parts.some((part) => path.includes(part)));

const results: boolean[] = [];
if (wanted === 'coverage') {
  for (const { name, has, include } of covered) {
    const options = [
      '--test-reporter=./scripts/coverage-reporter.ts',
      '--test-reporter-destination=stdout',
      '--experimental-test-coverage',
      '--test-coverage-lines=95',
      '--test-coverage-exclude=**/*.test.ts',
      ...include.map((glob) => `--test-coverage-include=${glob}`),
    ];
    results.push(await run(`coverage of ${name}`, files.filter(has), options));
  }
} else {
  for (const { name, has, options } of testSets) {
    if (wanted === name || wanted === 'all') results.push(await run(name, files.filter(has), options));
  }
}
if (results.length === 0) print(`unknown set '${wanted}': unit, integration, conformance, cluster, all or coverage`);
process.exitCode = results.length > 0 && results.every((passed) => passed) ? 0 : 1;

async function run(name: string, paths: readonly string[], options: readonly string[]): Promise<boolean> {
  print(`\n${name}: ${paths.length} test files`);
  if (paths.length === 0) return parts.length > 0; // a set without tests is a mistake, a choice without hits is none
  const started = performance.now();
  const child = spawn(process.execPath, ['--test', ...options, ...paths], { cwd: root, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  print(`${name}: ${code === 0 ? 'passed' : 'FAILED'} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return code === 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
