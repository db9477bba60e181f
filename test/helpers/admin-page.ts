import { createContext, runInContext } from 'node:vm';
import type { AdminResponse } from '#core/admin/route.ts';

/** An element of a page as far as the scripts of the admin port know elements. Setting its text drops its children. */
export class Element {
  readonly tag: string;
  readonly listeners = new Map<string, (event: object) => unknown>();
  children: Element[] = [];
  className = '';
  value = '';
  #text = '';

  constructor(tag: string, text = '') {
    this.tag = tag;
    this.#text = text;
  }

  get textContent(): string {
    return this.#text + this.children.map((child) => child.textContent).join('');
  }

  set textContent(text: unknown) {
    this.#text = String(text);
    this.children = [];
  }

  append(...children: readonly Element[]): void {
    this.children.push(...children);
    // As a select: the first option is chosen.
    if (this.tag === 'select') this.value = this.children[0]?.value ?? '';
  }

  replaceChildren(...children: readonly Element[]): void {
    this.#text = '';
    this.children = [...children];
  }

  addEventListener(kind: string, listener: (event: object) => unknown): void {
    this.listeners.set(kind, listener);
  }

  /** All elements below with that tag, in the order of the page. */
  all(tag: string): Element[] {
    return this.children.flatMap((child) => [...(child.tag === tag ? [child] : []), ...child.all(tag)]);
  }
}

export interface OpenPage {
  /** The element with an id; fails where the page has none. */
  byId(id: string): Element;
  /** Runs what the script left for later. */
  tick(): void;
}

/** Asked by the script of a page in the place of the network. */
export type Fetch = (url: string, init?: { readonly body?: string }) => Promise<Response>;

/**
 * Runs the script of a page in a context of its own, against the elements of the page that have ids. Setting HTML as
 * text is not among what elements here can do, and so shows.
 */
export function openPage({ body }: AdminResponse, fetch: Fetch, now: () => number = () => 0): OpenPage {
  const elements = new Map(
    [...body.matchAll(/<(\w+)[^>]*? id="([\w-]+)"[^>]*>([^<]*)/g)].map(([, tag = '', id = '', text = '']) => [
      id,
      new Element(tag, text),
    ]),
  );
  const byId = (id: string): Element => {
    const found = elements.get(id);
    if (found === undefined) throw new Error(`the page has no element ${id}`);
    return found;
  };
  const later: (() => void)[] = [];
  const context = createContext({
    document: { getElementById: byId, createElement: (tag: string) => new Element(tag) },
    Option: class extends Element {
      constructor(text: string, value: string) {
        super('option', text);
        this.value = value;
      }
    },
    performance: { now },
    setTimeout: (fn: () => void) => later.push(fn),
    fetch,
  });
  runInContext(/<script>([\s\S]*)<\/script>/.exec(body)?.[1] ?? '', context);
  return {
    byId,
    tick() {
      for (const fn of later.splice(0)) fn();
    },
  };
}
