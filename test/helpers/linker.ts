import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePorts } from './free-port.ts';
import { linkerCommand } from './linker-command.ts';
import { eventually } from './within.ts';

/** What a configuration may refer to. */
export interface LinkerSite {
  /** A folder of this linker's own; `disco` in it is for the fs namer. */
  readonly dir: string;
  readonly host: string;
  readonly ports: readonly number[];
  readonly admin: number;
}

export interface LinkerOptions {
  /** The YAML. Its routers listen on `site.ports` of `site.host`, its admin server on `site.admin`. */
  config(site: LinkerSite): string;
  /** How many ports the routers need; 1 where not given. */
  readonly ports?: number;
  /** A connection to its ports goes on to an origin: they are not tried. */
  readonly tunnels?: boolean;
  /** Where it listens, if that is settled; otherwise on free ports of 127.0.0.1. */
  readonly at?: Omit<LinkerSite, 'dir'>;
  /** Files to be there before the start, by path relative to `dir`. */
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A linker as its own process, started from the checkout. Close it when the test ends. */
export class Linker {
  readonly dir: string;
  readonly host: string;
  readonly ports: readonly number[];
  readonly admin: number;
  /** Exit code, or the signal's name, once it has ended. */
  readonly exited: Promise<number | string>;
  readonly #child: ChildProcess;
  #output = '';
  #end: number | string | undefined;

  /** Resolves when all its ports are open; fails with its output if it ends before. */
  static async start(options: LinkerOptions): Promise<Linker> {
    for (let attempt = 1; ; attempt++) {
      const linker = await Linker.#spawn(options);
      try {
        // The admin port opens last.
        for (const port of options.tunnels ? [linker.admin] : [...linker.ports, linker.admin])
          await linker.#listens(port);
        return linker;
      } catch (error) {
        await linker.close();
        // Between choosing the ports and listening on them another process can have taken one.
        if (attempt === 3 || !linker.output.includes('EADDRINUSE')) throw error;
      }
    }
  }

  static async #spawn(options: LinkerOptions): Promise<Linker> {
    const dir = mkdtempSync(join(tmpdir(), 'heddle-linker-'));
    const site = { dir, ...(options.at ?? (await freeSite(options.ports ?? 1))) };
    mkdirSync(join(dir, 'disco'));
    for (const [file, text] of Object.entries(options.files ?? {})) put(join(dir, file), text);
    const config = join(dir, 'linker.yaml');
    writeFileSync(config, options.config(site));
    const [program, ...words] = linkerCommand();
    const env = { ...process.env, ...options.env };
    return new Linker(site, spawn(program, [...words, config], { env, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  constructor(site: LinkerSite, child: ChildProcess) {
    this.dir = site.dir;
    this.host = site.host;
    this.ports = site.ports;
    this.admin = site.admin;
    this.#child = child;
    running.add(child);
    // A test that fails before it closes its linker must still come to an end; the exit of this process ends the linker.
    child.unref();
    const print = (text: Buffer) => {
      this.#output += text.toString();
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', print);
      if (stream instanceof Socket) stream.unref();
    }
    this.exited = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        running.delete(child);
        this.#end = code ?? signal ?? 'unknown';
        resolve(this.#end);
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The port of the first router. */
  get port(): number {
    return this.ports[0] ?? 0;
  }

  /** Everything it has printed. */
  get output(): string {
    return this.#output;
  }

  /** Resident memory in bytes. */
  residentBytes(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'latin1');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  }

  /** Processor time it has used, in milliseconds; the kernel counts in hundredths of a second. */
  cpuMs(): number {
    const stat = readFileSync(`/proc/${this.pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  /** Endpoints of a name for the fs namer, replaced in one step. */
  endpoints(name: string, ports: readonly number[]): void {
    put(join(this.dir, 'disco', name), ports.map((port) => `127.0.0.1 ${port}\n`).join(''));
  }

  /** `/admin/metrics.json`. */
  async metrics(): Promise<Readonly<Record<string, number>>> {
    const response = await fetch(`http://${this.host}:${this.admin}/admin/metrics.json`);
    return (await response.json()) as Record<string, number>;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Ends it (SIGTERM, after three seconds SIGKILL), waits until it is gone and removes its folder. */
  async close(): Promise<void> {
    const force = setTimeout(() => this.#child.kill('SIGKILL'), 3000);
    this.#child.kill('SIGTERM');
    await this.exited;
    clearTimeout(force);
    rmSync(this.dir, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #listens(port: number): Promise<void> {
    const open = async () => {
      if (this.#end !== undefined)
        throw new Error(`linker ended (${this.#end}) before it listened on ${port}:\n${this.#output}`);
      return (await accepts(this.host, port)) ? true : undefined;
    };
    await eventually(open, `port ${port} is open; output:\n${this.#output}`, 10_000);
  }
}

/** Replaces a file in one step; the unfinished one is outside the folder, where a watcher would take it for a name. */
function put(file: string, text: string): void {
  const fresh = join(dirname(dirname(file)), '.fresh');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(fresh, text);
  renameSync(fresh, file);
}

async function freeSite(count: number): Promise<Omit<LinkerSite, 'dir'>> {
  const [admin = 0, ...ports] = await freePorts(1 + count);
  return { host: '127.0.0.1', ports, admin };
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
