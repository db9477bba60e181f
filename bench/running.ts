import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Launch, Path } from './contender.ts';
import { processTree } from './cpu.ts';
import { pinned } from './pin.ts';
import { firstStatus } from './probe.ts';

/** Processes of one launch. */
export interface Running {
  readonly port: number;
  /** What they have printed; '' of no process. */
  log(): string;
  /** All of them, children included, as of now. */
  pids(): readonly number[];
  /** Whether none has ended. */
  alive(): boolean;
  /** Ends them (SIGTERM, after two seconds SIGKILL) and waits until they are gone. */
  stop(): Promise<void>;
}

/** What a container gives a process: a path, which finds the Node that runs this, and nothing that makes it do more. */
const env = { PATH: `${dirname(process.execPath)}:${process.env['PATH']}` };

const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** Writes the files and starts the commands on one core; does not wait until they listen. */
export function start(launch: Launch, dir: string, core: number): Running {
  for (const [file, text] of Object.entries(launch.files)) {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), text);
  }
  const started = launch.commands.map((command) => {
    const [program = '', ...words] = pinned(core, command);
    const log = openSync(join(dir, 'log'), 'a');
    const child = spawn(program, words, { cwd: dir, env, stdio: ['ignore', log, log] });
    closeSync(log);
    children.add(child);
    child.once('exit', () => children.delete(child));
    return child;
  });
  return {
    port: launch.port,
    log: () => readFileSync(join(dir, 'log'), 'utf8'),
    pids: () => started.flatMap((child) => (child.pid === undefined ? [] : processTree(child.pid))),
    alive: () => started.every(lives),
    stop: async () => void (await Promise.all(started.map(stopped))),
  };
}

const lives = (child: ChildProcess) => child.exitCode === null && child.signalCode === null;

function stopped(child: ChildProcess): Promise<void> {
  if (!lives(child)) return Promise.resolve();
  return new Promise((resolve) => {
    const force = setTimeout(() => child.kill('SIGKILL'), 2000);
    child.once('exit', () => {
      clearTimeout(force);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

/** Resolves once a request through the processes is answered with 200; fails after ten seconds, or when one has ended. */
export async function answering(running: Running, path: Path): Promise<void> {
  const until = performance.now() + 10_000;
  for (;;) {
    const status = await firstStatus(path, running.port);
    if (status === '200') return;
    if (!running.alive()) throw new Error(`a process behind port ${running.port} has ended:\n${running.log()}`);
    if (performance.now() > until)
      throw new Error(`no answer on port ${running.port} after 10 s, last status ${status}\n${running.log()}`);
    await sleep(1);
  }
}
