// Hot: `send` runs for every request.

import type { Clock } from '../../core/clock.ts';
import type { Closable } from '../../core/closable.ts';
import { concatDtab, type Dtab, emptyDtab, showDtab } from '../../core/naming/dtab.ts';
import { readDtab } from '../../core/naming/parse.ts';
import { Path } from '../../core/naming/path.ts';
import { showEnd } from './caller.ts';
import { MeshError } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { type Identifier, identifiedBy } from './identifier.ts';
import type { Cached, IdleCache } from './idle-cache.ts';
import type { RequestHead } from './request-head.ts';
import type { Service } from './service.ts';

/** What serves one logical name under one override dtab. */
export interface PathService extends Cached, Service {
  /** Shown ids of the clusters it is bound to. */
  readonly clients: readonly string[];
}

export interface RouterParts {
  readonly label: string;
  readonly identifiers: readonly Identifier[];
  readonly paths: IdleCache<PathService>;
  readonly makePath: (path: Path, override: Dtab) => PathService;
  readonly clock: Clock;
}

/** Override dtabs of requests, kept as text and as table; a flood of different ones does not grow it. */
const OVERRIDES = 1000;

/** Identify, look the name up, hand over. */
export class Router implements Service, Closable {
  readonly #parts: RouterParts;
  readonly #overrides = new Map<string, { readonly show: string; readonly dtab: Dtab }>();

  constructor(parts: RouterParts) {
    this.#parts = parts;
  }

  get label(): string {
    return this.#parts.label;
  }

  send(x: Exchange): void {
    const head = x.request;
    let path: string;
    try {
      if (head.ctxDtab !== '' || head.userDtab !== '') x.dtab = this.#override(head).show;
      path = this.#identify(x);
    } catch (error) {
      if (error instanceof MeshError) x.fail(error);
      else x.refuse('badName', error instanceof Error ? error.message : String(error));
      return;
    }
    this.#to(path, x);
  }

  /** The router as a port has it that is for one name alone. */
  fixed(path: string): Service {
    return { send: (x) => this.#to(path, x) };
  }

  #to(path: string, x: Exchange): void {
    x.path = path;
    const key = x.dtab === '' ? path : `${path}\n${x.dtab}`;
    const service = this.#parts.paths.get(key, x.startedAt) ?? this.#open(key, path, x.request);
    service.send(x);
  }

  /** The router as a server has it: refuses requests that have passed more than `depth` proxies. */
  limited(depth: number): Service {
    return {
      send: (x) => {
        const via = x.request.via;
        if (via !== '' && via.split(',').length > depth) {
          x.refuse('loop', `Maximum number of calls (${depth}) has been exceeded. Please check for proxy loops.`);
        } else this.send(x);
      },
    };
  }

  /** The name of a request; throws a MeshError where it has none. */
  identify(head: RequestHead): string {
    return identifiedBy(this.#parts.identifiers, head);
  }

  /** What is bound now, for the admin pages. */
  describe(): readonly { readonly path: string; readonly clients: readonly string[] }[] {
    return [...this.#parts.paths.values()].map(([path, service]) => ({ path, clients: service.clients }));
  }

  close(): void {
    this.#parts.paths.close();
  }

  #identify(x: Exchange): string {
    try {
      return this.identify(x.request);
    } catch (error) {
      if (error instanceof MeshError && error.kind === 'unidentified') throw unknown(x, error.message);
      throw error;
    }
  }

  #open(key: string, path: string, head: RequestHead): PathService {
    const override = head.ctxDtab === '' && head.userDtab === '' ? emptyDtab : this.#override(head).dtab;
    return this.#parts.paths.add(key, this.#parts.makePath(Path.read(path), override));
  }

  #override(head: RequestHead): { readonly show: string; readonly dtab: Dtab } {
    const key = `${head.ctxDtab}\r\r${head.userDtab}`;
    const known = this.#overrides.get(key);
    if (known !== undefined) return known;
    const dtab = concatDtab(readAll(head.ctxDtab), readAll(head.userDtab));
    const made = { show: showDtab(dtab), dtab };
    if (this.#overrides.size >= OVERRIDES) this.#overrides.clear();
    this.#overrides.set(key, made);
    return made;
  }
}

function readAll(values: string): Dtab {
  try {
    return values.split('\r').reduce((all, text) => concatDtab(all, readDtab(text)), emptyDtab);
  } catch (error) {
    throw new MeshError('badDtab', error instanceof Error ? error.message : String(error));
  }
}

function unknown(x: Exchange, reason: string): MeshError {
  const { method, uri } = x.request;
  return new MeshError(
    'unidentified',
    `Unknown destination: Request("${method} ${uri}", from /${showEnd(x.downstream.caller.end)}) / ${reason}`,
  );
}
