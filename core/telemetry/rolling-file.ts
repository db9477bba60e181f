import { close, fstat, open, readdir, rename, unlink, write } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from '../clock.ts';
import type { Closable } from '../closable.ts';
import { nextRoll, type RollPolicy, rolledName, rolledPattern } from './roll-policy.ts';

export interface RollingFileOptions {
  readonly file: string;
  readonly roll: RollPolicy;
  /** Whether what the file holds at the start stays. */
  readonly append: boolean;
  /** Older files kept; -1 for all. */
  readonly keep: number;
  readonly clock: Clock;
  /** Something failed, a full disk say; `lost`: lines that will not be in the file. Called as often as it happens. */
  readonly failed: (error: Error, lost: number) => void;
}

/** Bytes of lines that wait to be written, at most; what comes beyond is lost. */
const HELD = 1 << 20;

const [openFile, statFile, writeFile, closeFile, renameFile, unlinkFile, listFolder] = [
  promisify(open),
  promisify(fstat),
  promisify(write),
  promisify(close),
  promisify(rename),
  promisify(unlink),
  promisify(readdir),
];

/**
 * A file of lines that begins anew by time or size. `line` only keeps the text: it is written behind the request, many
 * lines at once, one write at a time. A disk that is slow or full costs lines, never a request, and never more than a
 * megabyte.
 */
export class RollingFile implements Closable {
  readonly #options: RollingFileOptions;
  #held: string[] = [];
  #heldBytes = 0;
  #lost = 0;
  #fd: number | undefined;
  #size = 0;
  #openedAt = 0;
  #rollAt = Number.POSITIVE_INFINITY;
  #append: boolean;
  #writing = false;
  #closed = false;
  #done: (() => void) | undefined;

  constructor(options: RollingFileOptions) {
    this.#options = options;
    this.#append = options.append;
  }

  line(text: string): void {
    if (this.#heldBytes + text.length > HELD) {
      this.#lost += 1;
      return;
    }
    this.#held.push(text);
    this.#heldBytes += text.length + 1;
    if (this.#writing) return;
    this.#writing = true;
    setImmediate(() => void this.#drain());
  }

  /** Writes what is held, and closes the file. */
  close(): void {
    this.#closed = true;
    if (!this.#writing) void this.#shut();
  }

  /** Resolves when what has been said is in the file, or lost. */
  async settled(): Promise<void> {
    if (!this.#writing) return;
    await new Promise<void>((resolve) => {
      this.#done = resolve;
    });
  }

  async #drain(): Promise<void> {
    while (this.#held.length > 0) {
      const lines = this.#held;
      this.#held = [];
      this.#heldBytes = 0;
      try {
        await this.#put(Buffer.from(`${lines.join('\n')}\n`, 'latin1'));
      } catch (error) {
        this.#lost += lines.length;
        await this.#shut();
        this.#tell(error instanceof Error ? error : new Error(String(error)));
      }
      if (this.#lost > 0) this.#tell(new Error('lines came faster than they could be written'));
    }
    if (this.#closed) await this.#shut();
    this.#writing = false;
    this.#done?.();
  }

  #tell(error: Error): void {
    const lost = this.#lost;
    this.#lost = 0;
    this.#options.failed(error, lost);
  }

  async #put(bytes: Buffer): Promise<void> {
    const { roll, clock } = this.#options;
    let fd = this.#fd ?? (await this.#open());
    const full = roll.kind === 'size' && this.#size > 0 && this.#size + bytes.length > roll.bytes;
    if (full || clock.wall() >= this.#rollAt) {
      await this.#roll();
      fd = await this.#open();
    }
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await writeFile(fd, bytes, at, bytes.length - at, null);
      at += bytesWritten;
      this.#size += bytesWritten;
    }
  }

  async #open(): Promise<number> {
    const { file, roll, clock } = this.#options;
    const fd = await openFile(file, this.#append ? 'a' : 'w', 0o640);
    this.#append = true;
    this.#fd = fd;
    this.#size = (await statFile(fd)).size;
    this.#openedAt = clock.wall();
    this.#rollAt = nextRoll(roll, this.#openedAt);
    return fd;
  }

  /** Gives the file its name with the time, and removes the oldest ones. */
  async #roll(): Promise<void> {
    const { file, roll, keep } = this.#options;
    await this.#shut();
    await renameFile(file, rolledName(file, roll, this.#openedAt));
    if (keep < 0) return;
    const folder = dirname(file);
    const older = (await listFolder(folder)).filter((name) => rolledPattern(basename(file)).test(name)).sort();
    for (const name of older.slice(0, Math.max(0, older.length - keep))) await unlinkFile(join(folder, name));
  }

  async #shut(): Promise<void> {
    const fd = this.#fd;
    this.#fd = undefined;
    if (fd !== undefined) await closeFile(fd).catch(() => {});
  }
}
