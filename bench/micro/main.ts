import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable } from '../table.ts';
import { type Micro, type MicroResult, runMicroBenchmark } from './runner.ts';

/** What a `*.bench.ts` file exports. */
interface Benchmarks {
  readonly benchmarks: readonly Micro[];
}

/** Runs the micro-benchmarks of this folder whose name matches, and prints nanoseconds an operation. */
export async function runMicro(only: string | undefined): Promise<void> {
  const pattern = new RegExp(only ?? '');
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.bench.ts'));
  const modules = await Promise.all(
    files.map((file) => import(join(import.meta.dirname, file)) as Promise<Benchmarks>),
  );
  const picked = modules.flatMap((module) => module.benchmarks).filter((micro) => pattern.test(micro.name));
  const results = picked.flatMap(runMicroBenchmark);
  process.stdout.write(
    markdownTable<MicroResult>(
      [
        { title: 'operation', align: 'left', cell: (row) => row.name },
        { title: 'variant', align: 'left', cell: (row) => row.variant },
        { title: 'ns/op', cell: (row) => row.ns.toFixed(1) },
        { title: 'best', cell: (row) => row.best.toFixed(1) },
      ],
      results,
    ),
  );
}
