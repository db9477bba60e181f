import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Closable } from '#core/closable.ts';

/**
 * Runs `"$@"` until it ends or until file descriptor 3 reaches its end. Descriptor 3 is a pipe whose other end this
 * process holds, so the program dies with us even when we are killed with SIGKILL.
 */
const guard = `
"$@" </dev/null 3<&- &
program=$!
trap 'kill -TERM $program 2>/dev/null' TERM
{ cat <&3 >/dev/null; kill -KILL $program; } 2>/dev/null &
watcher=$!
wait $program
status=$?
while kill -0 $program 2>/dev/null; do wait $program; status=$?; done
kill $watcher 2>/dev/null
exit $status`;

/** A program that never outlives the process that started it; what it prints goes to a log file. */
export class GuardedProcess {
  readonly #name: string;
  readonly #log: string;
  readonly #child: ChildProcess;
  readonly #exit: Promise<void>;

  constructor(name: string, program: string, args: readonly string[], log: string) {
    this.#name = name;
    this.#log = log;
    const out = openSync(log, 'a');
    this.#child = spawn('sh', ['-c', guard, 'guard', program, ...args], { stdio: ['ignore', out, out, 'pipe'] });
    closeSync(out);
    this.#exit = new Promise((done) => this.#child.once('exit', () => done()));
    this.#child.unref();
    const pipe = this.#child.stdio[3];
    if (pipe !== null && pipe !== undefined && 'unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
  }

  /** @throws with the end of its log, when the program has ended by itself. */
  check(): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) return;
    const tail = readFileSync(this.#log, 'utf8').split('\n').slice(-15).join('\n');
    throw new Error(`${this.#name} ended with status ${this.#child.exitCode}:\n${tail}`);
  }

  /** Asks it to end, and makes it end when it has not within `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    if (graceMs > 0) this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.stdio[3]?.destroy(), graceMs);
    this.#child.ref();
    await this.#exit;
    clearTimeout(timer);
    this.#child.stdio[3]?.destroy();
  }
}

/** Removes `folder` a second after this process is gone, or the handle is closed. */
export function sweepAfterwards(folder: string): Closable {
  const script = 'cat >/dev/null; sleep 1; rm -rf "$0"';
  const sweeper = spawn('sh', ['-c', script, folder], { stdio: ['pipe', 'ignore', 'ignore'] });
  sweeper.unref();
  if ('unref' in sweeper.stdin && typeof sweeper.stdin.unref === 'function') sweeper.stdin.unref();
  return { close: () => sweeper.stdin.destroy() };
}
