import type * as z from 'zod';
import { type Key, type Option, type Shape, textOf } from './schema.ts';

/** A schema that has a page of its own: other pages point to it. */
export type Pages = ReadonlyMap<z.core.$ZodType, string>;

/** A page of the reference: what a section of the configuration takes. */
export function referencePage(title: string, about: string, shape: Shape, pages: Pages): string {
  const out = new Page(pages);
  out.add(`# ${title}`, about);
  out.shape(2, '', shape);
  return out.text;
}

/** A section that stands on the page already. */
interface Told {
  readonly title: string;
  readonly keys: readonly Key[];
}

class Page {
  readonly #pages: Pages;
  readonly #parts: string[] = [];

  constructor(pages: Pages) {
    this.#pages = pages;
  }

  get text(): string {
    return `${this.#parts.join('\n\n')}\n`;
  }

  add(...parts: readonly string[]): void {
    this.#parts.push(...parts.filter((part) => part !== ''));
  }

  shape(depth: number, path: string, shape: Shape): void {
    switch (shape.type) {
      case 'plain':
        return;
      case 'list':
        return this.shape(depth, path, shape.of);
      case 'section':
        return this.#keys(depth, path, shape.keys, []);
      case 'choice':
        return this.#options(depth, path, shape.by, shape.options);
    }
  }

  #options(depth: number, path: string, by: string, options: readonly Option[]): void {
    const bare = options.filter(({ keys }) => keys.every(isExperimental));
    const known: Told[] = [];
    for (const { values, keys } of options) {
      if (keys.every(isExperimental) && bare.length > 2) continue;
      const title = `\`${by}: ${values.join('` or `')}\``;
      this.add(`${'#'.repeat(Math.min(depth, 6))} ${path === '' ? '' : `\`${path}\`, `}${title}`);
      this.#keys(depth + 1, path, keys, known);
      known.push({ title, keys: keys.filter((key) => !isExperimental(key)) });
    }
    if (bare.length > 2) {
      const kinds = bare.flatMap(({ values }) => values.map((value) => `\`${value}\``));
      this.add(`${path === '' ? 'Without' : `\`${path}\` without`} keys of its own: ${kinds.join(', ')}.`);
    }
  }

  /** `known`: sections that stand above. One that has all the keys of such a section says only what it adds. */
  #keys(depth: number, path: string, keys: readonly Key[], known: readonly Told[]): void {
    const own = new Set(keys.map(({ schema }) => schema));
    const like = known.findLast((one) => one.keys.length > 2 && one.keys.every(({ schema }) => own.has(schema)));
    const before = new Set(like?.keys.map(({ schema }) => schema));
    const shown = keys.filter((key) => !isExperimental(key) && !before.has(key.schema));
    if (like !== undefined) this.add(`The keys of ${like.title}${shown.length === 0 ? '.' : ', and:'}`);
    else if (shown.length === 0) this.add('No keys of its own.');
    if (shown.length > 0) this.add(table(shown.map((key) => this.#row(key))));
    for (const key of shown) this.#below(depth, path === '' ? key.name : `${path}.${key.name}`, key, known);
  }

  #row({ name, shape, required, initial, about, schema }: Key): readonly string[] {
    const page = this.#pageOf(schema, shape);
    const text = page === undefined ? textOf(shape) : `[${textOf(shape)}](${page})`;
    return [`\`${name}\``, text, required ? 'required' : shownDefault(initial), about];
  }

  #below(depth: number, path: string, { schema, shape }: Key, known: readonly Told[]): void {
    if (this.#pageOf(schema, shape) !== undefined) return;
    const inner = shape.type === 'list' ? shape.of : shape;
    if (inner.type !== 'section') return this.shape(depth, path, inner);
    this.add(`${'#'.repeat(Math.min(depth, 6))} \`${path}\``);
    this.#keys(depth + 1, path, inner.keys, known);
  }

  #pageOf(schema: z.core.$ZodType, shape: Shape): string | undefined {
    const inner = shape.type === 'list' ? shape.of : shape;
    return (
      this.#pages.get(schema) ??
      (inner.type === 'plain' || inner.type === 'list' ? undefined : this.#pages.get(inner.schema))
    );
  }
}

/** Every kind takes it: the index says so once. */
const isExperimental = ({ name }: Key): boolean => name === 'experimental';

function table(rows: readonly (readonly string[])[]): string {
  const head = ['key', 'value', 'default', ''];
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function shownDefault(initial: unknown): string {
  if (initial === undefined) return '';
  if (typeof initial === 'object' && initial !== null) {
    if (Array.isArray(initial)) return initial.length === 0 ? 'none' : `\`${JSON.stringify(initial)}\``;
    const show: unknown = 'show' in initial ? initial.show : undefined;
    if (typeof show === 'string') return `\`${show}\``;
    const { kind } = initial as { readonly kind?: unknown };
    return typeof kind === 'string' ? `\`kind: ${kind}\`` : '';
  }
  return `\`${String(initial)}\``;
}
