import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

function heddle(words: readonly string[], input = ''): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], { encoding: 'utf8', input });
  return { status, out: stdout, err: stderr };
}

const good = 'routers: [{protocol: http, servers: [{port: 0}]}]\n';

test('help goes to standard output and lists every command', () => {
  const { status, out, err } = heddle(['--help']);
  assert.deepEqual([status, err], [0, '']);
  for (const command of ['linker', 'check-config', 'version']) assert.match(out, new RegExp(`^  ${command}\\b`, 'm'));
});

test('the version is said', () => {
  assert.match(heddle(['version']).out, /^heddle \d+\.\d+\.\d+\n$/);
});

test('linkerd1: config from one path argument: a command line that makes no sense is told how it should be, with status 2', () => {
  for (const words of [
    ['nope'],
    ['linker'],
    ['linker', 'a', 'b'],
    ['linker', '--nope', 'a'],
    ['linker', '--log-level=LOUD', 'a'],
  ]) {
    const { status, out, err } = heddle(words);
    assert.deepEqual([status, out], [2, ''], words.join(' '));
    assert.match(err, /Usage: heddle/);
  }
});

test('check-config says all that is wrong with every file, on standard error', (t) => {
  const dir = temporaryDirectory(t);
  const [one, two, missing] = ['one.yaml', 'two.yaml', 'missing.yaml'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(one, 'routers: []\nnope: 1\n');
  writeFileSync(two, good);
  assert.deepEqual(heddle(['check-config', one, two, missing]), {
    status: 1,
    out: `${two}: good, routers: 1, servers: 1\n`,
    err: [
      `${one}:1:10: routers: At least one router must be specified in the configuration.`,
      `${one}:2:1: nope: unknown key: allowed here are admin, routers, namers, telemetry, usage, workers`,
      `config is not a file: ${missing}`,
      '',
    ].join('\n'),
  });
});

test('linkerd1: config from stdin: check-config reads standard input, and lets warnings pass', () => {
  const { status, out, err } = heddle(['check-config', '-'], `${good}telemetry: [{kind: io.l5d.zipkin, host: z}]\n`);
  assert.deepEqual([status, out], [0, '-: good, routers: 1, servers: 1\n']);
  assert.match(err, /^-:2:\d+: telemetry\[0\]\S*: .*\burl\b.* \(warning\)\n$/);
});

test('linkerd1: -validate: linker --validate reads the configuration and opens nothing', () => {
  assert.equal(heddle(['linker', '--validate', '-'], good).status, 0);
  assert.equal(heddle(['linker', '-validate', '-'], good).status, 0);
  const { status, err } = heddle(['linker', '--validate', '-'], 'routers: 5\n');
  assert.equal(status, 1);
  assert.match(err, /-:1:10: routers: 5 is not a list/);
});
