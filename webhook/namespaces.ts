import type { Clock } from '#core/clock.ts';
import type { Namespace } from './decide.ts';

/** What the injector knows of namespaces: plain look-ups in a snapshot that others keep fresh. */
export interface Namespaces {
  find(name: string): Namespace | undefined;
  /** Resolves when the namespace is known, or after a moment: one made just now may not have come through yet. */
  settle(name: string): Promise<void>;
  /** Whether the first snapshot is there. */
  readonly synced: boolean;
  readonly size: number;
}

const patienceMs = 500;

/** A snapshot set from outside. */
export class NamespaceSnapshot implements Namespaces {
  #known: ReadonlyMap<string, Namespace> | undefined;
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get synced(): boolean {
    return this.#known !== undefined;
  }

  get size(): number {
    return this.#known?.size ?? 0;
  }

  set(known: ReadonlyMap<string, Namespace>): void {
    this.#known = known;
    for (const look of [...this.#waiting]) look();
  }

  find(name: string): Namespace | undefined {
    return this.#known?.get(name);
  }

  settle(name: string): Promise<void> {
    if (name === '' || this.find(name) !== undefined) return Promise.resolve();
    return new Promise((settled) => {
      const end = (): void => {
        this.#waiting.delete(look);
        timer.close();
        settled();
      };
      const look = (): void => {
        if (this.find(name) !== undefined) end();
      };
      const timer = this.#clock.after(patienceMs, end);
      this.#waiting.add(look);
    });
  }
}

/** What Kubernetes says of a namespace. */
export interface NamespaceObject {
  readonly metadata?: {
    readonly name?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

export function readNamespace({ metadata }: NamespaceObject): Namespace {
  return { name: metadata?.name ?? '', labels: metadata?.labels ?? {}, annotations: metadata?.annotations ?? {} };
}
