import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { say } from './curl.ts';
import { linkersOf } from './linkers.ts';
import { play } from './play.ts';
import { prepare, setUp } from './stage.ts';
import { differences } from './this-machine.ts';

/*
 * npm run demo [-- --keep]
 *
 * Has the pods of an example injected by a real injector, runs what comes back on two nodes that are addresses of this
 * machine, and sends requests through their linkers. Ends with status 1 at the first answer that is not as it should
 * be. With --keep everything runs on until Ctrl-C.
 */
const interrupted = new Promise<void>((stop) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
});
const folder = mkdtempSync(join(tmpdir(), 'heddle-demo-'));
const cluster = await prepare(folder);

async function run(): Promise<number> {
  say(`A mesh of two nodes on this machine. ${differences}`);
  await setUp(cluster, folder);
  await play(cluster, folder);
  say(`\nAll went as it should, in ${Math.round(performance.now() / 1000)} s.`);
  if (!process.argv.includes('--keep')) return 0;
  say('\nAdmin pages:');
  for (const { name, admin } of linkersOf(cluster)) say(`  ${admin}/  linker of ${name}`);
  say(`Logs are in ${folder}. Ctrl-C ends everything.`);
  await interrupted;
  return 0;
}

let status = 1;
try {
  status = await Promise.race([run(), interrupted.then(() => 130)]);
} catch (error) {
  say(`\nFAILED: ${error instanceof Error ? error.message : error}\nLogs of all processes are in ${folder}`);
}
await cluster.end();
if (status !== 1) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
process.exit(status);
