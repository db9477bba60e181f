import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';

function firstLine(command: string, ...words: readonly string[]): string {
  const { stdout, stderr } = spawnSync(command, words, { encoding: 'utf8' });
  return (`${stdout ?? ''}${stderr ?? ''}`.trim().split('\n')[0] ?? '').trim();
}

function environment(): string {
  const versions = [
    `Node ${process.version}`,
    firstLine('nginx', '-v').replace('nginx version: ', ''),
    firstLine('haproxy', '-v').replace(/ - .*/, ''),
    firstLine('nghttpx', '--version').replace(' ', ' '),
    `Linux ${release()}`,
    `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`,
  ];
  return versions.join(' · ');
}

/** Writes `bench/RESULTS.md`; gives its path. */
export function writeResults(results: {
  readonly targets: string;
  readonly table: string;
  readonly starts: string;
  readonly rounds: string;
  readonly method: string;
}): string {
  const path = join(import.meta.dirname, 'RESULTS.md');
  const text = `# Benchmark results

${new Date().toISOString().slice(0, 10)} · ${environment()}

${results.method}

${results.targets}
${results.table}
${results.starts}
CPU µs/request, round by round:

\`\`\`
${results.rounds}
\`\`\`
`;
  writeFileSync(path, text);
  return path;
}
