import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeCertificates } from './certificates.ts';
import type { Contender } from './contender.ts';
import { type FirstByte, firstByte } from './first-byte.ts';
import { builtLinker } from './linker-build.ts';
import { type Measured, measure, type Plan } from './measure.ts';
import { runMicro } from './micro/main.ts';
import { originNeeds, startOrigin } from './origin.ts';
import { direct } from './peers/direct.ts';
import { haproxy, haproxyH2 } from './peers/haproxy.ts';
import { asBefore, linker } from './peers/linker.ts';
import { nghttpx } from './peers/nghttpx.ts';
import { nginx } from './peers/nginx.ts';
import { npmPeers } from './peers/npm.ts';
import { profile } from './profile.ts';
import { resultTable, roundLines, startTable } from './report.ts';
import { runTrials } from './resilience.ts';
import { writeResults } from './results-file.ts';
import { type Scenario, scenarios } from './scenarios.ts';
import { targetTable } from './targets.ts';
import { gcc, howToGet, missing, taskset } from './tools.ts';

const contenders: readonly Contender[] = [direct, nginx, haproxy, haproxyH2, nghttpx, ...npmPeers, linker];
const usage = `npm run bench -- [options]

  --only REGEX         scenarios by their whole id: ${scenarios.map((s) => s.id).join(' ')}
  --with NAMES         contenders, by comma: ${contenders.map((c) => c.name).join(',')}
  --rounds N           rounds each contender gets, taking turns (4)
  --seconds N          seconds of load in a round (3)
  --write              keep the table in bench/RESULTS.md
  --profile            where the linker spends its time, instead of comparing (--only picks the scenario)
  --against DIR        another build of the linker beside it, as 'before': one interleaved run proves a change
  --quick              processor time and latency at saturation only
  --resilience N       what callers and origin see when an endpoint is slow or all fail, N seconds each, instead
  --micro [--only R]   micro-benchmarks of single functions, instead
`;
const print = (text: string) => process.stdout.write(text);

function chosen(
  only: string | undefined,
  names: string | undefined,
): { scenarios: readonly Scenario[]; contenders: readonly Contender[] } {
  const pattern = new RegExp(`^(?:${only ?? '.*'})$`);
  const wanted = names?.split(',');
  return {
    scenarios: scenarios.filter((scenario) => pattern.test(scenario.id)),
    contenders: contenders.filter((contender) => wanted === undefined || wanted.includes(contender.name)),
  };
}

const options = {
  only: { type: 'string' },
  with: { type: 'string' },
  rounds: { type: 'string', default: '4' },
  seconds: { type: 'string', default: '3' },
  write: { type: 'boolean', default: false },
  profile: { type: 'boolean', default: false },
  against: { type: 'string' },
  quick: { type: 'boolean', default: false },
  resilience: { type: 'string' },
  micro: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

type Options = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

async function compare(
  plan: Plan,
  options: Pick<Options, 'only' | 'with' | 'write' | 'against' | 'quick'>,
): Promise<void> {
  const picked = chosen(options.only, options.with);
  const others = options.against === undefined ? [] : [asBefore(options.against)];
  const ready = [...picked.contenders.filter((contender) => missing(contender.needs).length === 0), ...others];
  const possible = picked.scenarios.filter(({ path }) => missing(originNeeds(path)).length === 0);
  const wanted = [
    ...picked.contenders.flatMap((c) => c.needs),
    ...picked.scenarios.flatMap((s) => originNeeds(s.path)),
  ];
  for (const words of new Set(missing(wanted).map(howToGet))) print(`${words} (left out)\n`);
  if (possible.length === 0 || ready.length === 0) throw new Error(`nothing to measure\n\n${usage}`);
  const rows: Measured[] = [];
  for (const scenario of possible) rows.push(...(await measure(plan, scenario, ready)));
  if (options.quick) return void print(`\n${resultTable(rows)}\n${roundLines(rows)}\n`);
  const starts: FirstByte[] = [];
  const origin = await startOrigin('h1', plan.dir);
  try {
    for (const { name, paths } of ready) {
      if (name !== direct.name && paths.h1 !== undefined) starts.push(await firstByte(plan, name, paths.h1, origin));
    }
  } finally {
    await origin.stop();
  }
  const table = resultTable(rows);
  print(
    `\n${targetTable(rows, starts)}\n${table}\n${startTable(starts)}\nCPU µs/request, round by round\n${roundLines(rows)}\n`,
  );
  if (!options.write) return;
  const method = `Proxies on core 1, client and origin on core 0; ${plan.rounds} rounds of ${plan.seconds} s taken in turns, medians. CPU is the processor time
of all proxy processes divided by the requests answered; with two hops it is both proxies together. Latency at 1000 requests/s
counts from the moment a request was due.`;
  print(
    `written to ${writeResults({ targets: targetTable(rows, starts), table, starts: startTable(starts), rounds: roundLines(rows), method })}\n`,
  );
}

async function main(): Promise<void> {
  const values: Options = parseArgs({ options }).values;
  if (values.help) return void print(usage);
  if (values.micro) return runMicro(values.only);
  const lacking = missing([gcc, taskset]);
  if (lacking.length > 0) throw new Error(lacking.map(howToGet).join('\n'));
  const dir = mkdtempSync(join(tmpdir(), 'heddle-bench-'));
  try {
    const plan: Plan = {
      dir,
      certificates: makeCertificates(dir),
      linker: builtLinker(dir),
      quick: values.quick,
      rounds: Number(values.rounds),
      seconds: Number(values.seconds),
      progress: (words) => process.stderr.isTTY && process.stderr.write(`\r\x1b[K${words}`),
    };
    if (values.resilience !== undefined) print(await runTrials(plan, Number(values.resilience)));
    else if (values.profile) await profile(plan, chosen(values.only ?? 'h1-128', undefined).scenarios);
    else await compare(plan, values);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
