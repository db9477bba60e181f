import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '#core/clock.ts';
import { type Closable, nothingToClose } from '#core/closable.ts';
import type { Log } from '#core/telemetry/log.ts';
import { readLinkerConfig } from './linker-config.ts';
import type { Linkers } from './mesh.ts';

/** A mounted ConfigMap changes a minute or so after its object; looking is two small reads. */
const everyMs = 5_000;

/** Reads `sidecar.yaml` and `node.yaml` of a folder. Throws where one cannot be used. */
export function readLinkers(folder: string): Linkers {
  const read = (name: string) => readLinkerConfig(name, readFileSync(join(folder, name), 'utf8'));
  return { sidecar: read('sidecar.yaml'), node: read('node.yaml') };
}

/** Follows the files of a folder. What cannot be used is logged, once, and the last good state stands. */
export class LinkerFiles implements Closable {
  #linkers: Linkers;
  #complaint = '';
  #timer: Closable = nothingToClose;
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #log: Log;

  /** Throws where the files cannot be used at the start. */
  constructor(folder: string, clock: Clock, log: Log) {
    this.#folder = folder;
    this.#clock = clock;
    this.#log = log;
    this.#linkers = readLinkers(folder);
    this.#lookLater();
  }

  get linkers(): Linkers {
    return this.#linkers;
  }

  close(): void {
    this.#timer.close();
  }

  #lookLater(): void {
    this.#timer = this.#clock.after(everyMs, () => {
      this.#look();
      this.#lookLater();
    });
  }

  #look(): void {
    try {
      const linkers = readLinkers(this.#folder);
      const hashes = { sidecar: linkers.sidecar.hash, node: linkers.node.hash };
      if (hashes.sidecar !== this.#linkers.sidecar.hash || hashes.node !== this.#linkers.node.hash) {
        this.#log.info(hashes, 'linker configuration changed');
      }
      this.#linkers = linkers;
      this.#complaint = '';
    } catch (error) {
      if (String(error) === this.#complaint) return;
      this.#complaint = String(error);
      this.#log.error({ err: this.#complaint }, 'linker configuration unusable, keeping the last good one');
    }
  }
}
