import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { quote, writeCorpus } from './engine/corpus.ts';
import { type Figures, fuzz } from './engine/fuzz.ts';
import { targets } from './targets.ts';

/*
 * npm run fuzz -- [TARGET …] [--seconds N] [--seed N] [--keep]
 *
 * Fuzzes targets one after the other, all where none is named, each for so many seconds (10). `--keep` puts the smallest
 * set of inputs that reaches all that was reached into test/fuzz/corpus. An input that fails ends the run: it is printed,
 * and written to `found-TARGET`.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    keep: { type: 'boolean', default: false },
  },
});

for (const target of positionals.length > 0 ? positionals : targets.keys()) {
  const file = targets.get(target);
  if (file === undefined) throw new Error(`no target '${target}'; there are ${[...targets.keys()].join(', ')}`);
  const result = await fuzz({ target, file, seconds: Number(values.seconds), seed: Number(values.seed) });
  print(`${target}: ${show(result.figures)}`);
  if (result.kind === 'found') {
    writeFileSync(`found-${target}`, result.input);
    print(`found by seed ${values.seed}: ${quote(result.input)}\n${result.error}`);
    process.exitCode = 1;
    break;
  }
  if (values.keep) writeCorpus(target, result.corpus);
}
print(`peak memory ${(process.resourceUsage().maxRSS / 1000).toFixed(0)} MB`);

function show({ runs, inputs, reached, blocks, heapGrowth }: Figures): string {
  const growth = (heapGrowth / 1e6).toFixed(1);
  return `${runs} runs, ${inputs} inputs, ${reached} of ${blocks} blocks reached, heap ${growth} MB more`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
