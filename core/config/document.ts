import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, parseAllDocuments, Scalar, type YAMLMap } from 'yaml';

export type Step = string | number;

/** Something unreadable at an offset of the text. */
export interface Unreadable {
  readonly offset: number;
  readonly text: string;
}

type Tree = Node | null;

/**
 * The first YAML or JSON document of a text, with the place of everything in it. JSON it is where the first character
 * that is not blank is `{`, as Linkerd has it; it must then be JSON throughout.
 */
export class ConfigDocument {
  readonly text: string;
  readonly unreadable: readonly Unreadable[];
  readonly documents: number;
  readonly #root: Tree;

  constructor(text: string) {
    this.text = text;
    const badJson = /^\s*\{/.test(text) ? jsonError(text) : undefined;
    const { root, count, errors } = readYaml(text);
    this.#root = root;
    this.documents = count;
    this.unreadable =
      badJson === undefined ? errors : [badJson, ...errors.filter((e) => e.text.endsWith('duplicate key'))];
  }

  /** The document as plain data. A key without a value is there, undefined: present, but as good as not set. */
  value(): unknown {
    return plain(this.#root);
  }

  /** Where the value at `path` begins: the value, else its key, else the nearest section around it. */
  offsetOf(path: readonly Step[]): number {
    const { node, pair, rest } = this.#find(path);
    if (rest === 0 && isNothing(node) && isNode(pair?.key)) return start(pair.key);
    return start(node);
  }

  /** Where the last key of `path` stands. */
  offsetOfKey(path: readonly Step[]): number {
    const { pair, rest } = this.#find(path);
    return rest === 0 && isNode(pair?.key) ? start(pair.key) : this.offsetOf(path);
  }

  /** Where the character `index` of the string at `path` stands, as near as quoting and folding let us tell. */
  offsetInside(path: readonly Step[], index: number): number {
    const { node, rest } = this.#find(path);
    if (rest > 0 || !isScalar(node) || typeof node.value !== 'string') return this.offsetOf(path);
    return aligned(this.text, node, node.value, index);
  }

  /** `routers[0].client.tls`, leaving out list indices the file does not have, where one item stands for a list of one. */
  show(path: readonly Step[]): string {
    let shown = '';
    let node: Tree = this.#root;
    for (const step of path) {
      if (typeof step === 'number' && isMap(node)) continue;
      shown += typeof step === 'number' ? `[${step}]` : shown === '' ? step : `.${step}`;
      node = child(node, step)?.node ?? null;
    }
    return shown;
  }

  /** The text of a scalar written without quotes, such as `8080` or `yes`. */
  bare(path: readonly Step[]): string | undefined {
    const { node, rest } = this.#find(path);
    return rest === 0 && isScalar(node) && node.type === Scalar.PLAIN ? node.source : undefined;
  }

  /** Reads the scalar at `path` as this value from now on; false where it had that type already. */
  reread(path: readonly Step[], value: string | boolean): boolean {
    const { node } = this.#find(path);
    if (!isScalar(node) || typeof node.value === typeof value) return false;
    node.value = value;
    return true;
  }

  /** Forgets the key at the end of `path`. */
  drop(path: readonly Step[]): void {
    const { parent, pair } = this.#find(path);
    if (isMap(parent) && pair !== undefined) parent.items.splice(parent.items.indexOf(pair), 1);
  }

  /** Walks down as far as the document goes; `rest` steps of the path are not there. */
  #find(path: readonly Step[]): { node: Tree; pair: Pair | undefined; parent: Tree; rest: number } {
    let at: { node: Tree; pair: Pair | undefined; parent: Tree } = { node: this.#root, pair: undefined, parent: null };
    for (const [i, step] of path.entries()) {
      if (typeof step === 'number' && isMap(at.node)) continue;
      const next = child(at.node, step);
      if (next === undefined) return { ...at, rest: path.length - i };
      at = { ...next, parent: at.node };
    }
    return { ...at, rest: 0 };
  }
}

function isNode(value: unknown): value is Node {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value);
}

/** Not written at all: `key:` and no more. */
function isNothing(node: Tree): boolean {
  return node === null || (isScalar(node) && node.value === null && node.source === '');
}

function start(node: Tree): number {
  return node?.range?.[0] ?? 0;
}

function child(node: Tree, step: Step): { node: Tree; pair: Pair | undefined } | undefined {
  if (isSeq(node) && typeof step === 'number') {
    const item = node.items[step];
    return step < node.items.length ? { node: isNode(item) ? item : null, pair: undefined } : undefined;
  }
  if (!isMap(node)) return undefined;
  const pair = pairs(node).find((p) => keyOf(p) === step);
  return pair === undefined ? undefined : { node: isNode(pair.value) ? pair.value : null, pair };
}

function pairs(map: YAMLMap): readonly Pair[] {
  return map.items;
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : '?';
}

function plain(node: unknown): unknown {
  if (isMap(node)) {
    // Without a prototype, so that no key of a file means anything to the language.
    const object: Record<string, unknown> = Object.create(null);
    for (const pair of pairs(node)) object[keyOf(pair)] = plain(pair.value) ?? undefined;
    return object;
  }
  if (isSeq(node)) return node.items.map((item) => plain(item));
  return isScalar(node) ? node.value : undefined;
}

function readYaml(text: string): { root: Tree; count: number; errors: Unreadable[] } {
  try {
    const documents = parseAllDocuments(text, { prettyErrors: false, merge: false, stringKeys: false });
    const first = 'empty' in documents ? undefined : documents[0];
    if (first === undefined) return { root: null, count: 0, errors: [] };
    const errors = [...first.errors, ...first.warnings].map((e) => ({
      offset: e.pos[0],
      text:
        e.code === 'DUPLICATE_KEY'
          ? `${wordAt(text, e.pos[0])} stands earlier in this section: duplicate key`
          : e.message,
    }));
    const root = first.contents;
    return { root, count: documents.length, errors: [...errors, ...oddities(root)] };
  } catch (error) {
    const text = error instanceof RangeError ? 'sections are nested too deep' : String(error);
    return { root: null, count: 1, errors: [{ offset: 0, text }] };
  }
}

/** The key that begins at an offset. */
function wordAt(text: string, offset: number): string {
  return /^(?:"[^"]*"|'[^']*'|[^\s:]*)/.exec(text.slice(offset, offset + 200))?.[0] ?? '';
}

/** What YAML allows and Linkerd does not. */
function oddities(node: unknown): Unreadable[] {
  if (isAlias(node))
    return [
      { offset: start(node), text: `aliases such as *${node.source} are not supported: repeat what it stands for` },
    ];
  if (isSeq(node)) return node.items.flatMap(oddities);
  if (!isMap(node)) return [];
  return pairs(node).flatMap((pair) => {
    const key = isNode(pair.key) ? pair.key : null;
    const odd =
      isScalar(key) && key.value !== null ? [] : [{ offset: start(key ?? node), text: 'a key must be a word' }];
    return [...odd, ...oddities(pair.value)];
  });
}

function jsonError(text: string): Unreadable | undefined {
  const message = jsonComplaint(text);
  if (message === undefined) return undefined;
  // Not every complaint has a place. The longest beginning that could still become JSON ends before the offence.
  let good = 0;
  for (let bad = text.length + 1; good + 1 < bad; ) {
    const middle = (good + bad) >> 1;
    if (couldGoOn(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  const what = message.replace(/(, \.{0,3}"[\s\S]*| in JSON at position.*| is not valid JSON.*)$/, '');
  return { offset: good, text: `not JSON (it begins with '{', so it has to be): ${what}` };
}

function couldGoOn(start: string): boolean {
  const message = jsonComplaint(start);
  if (message === undefined || /Unexpected end|Unterminated/.test(message)) return true;
  return Number(/at position (\d+)/.exec(message)?.[1]) === start.length;
}

function jsonComplaint(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Follows a string through its source: what the value lacks there is indentation, a quote, a fold or an escape. */
function aligned(text: string, node: Scalar, value: string, index: number): number {
  const [from = 0, to = text.length] = node.range ?? [];
  let at = from;
  // The header of a block scalar (`|-  # comment`) is not part of it.
  const block = node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED;
  if (block) at = text.indexOf('\n', from) + 1;
  for (let i = 0; i < value.length && at < to; i++) {
    let width = 1;
    // Outside a block, blanks and empty lines behind a line end are layout; a blank that counts is written as an escape.
    if (!block && text[at - 1] === '\n' && value[i] !== '\n') while (' \t\n'.includes(text[at] ?? 'x')) at += 1;
    for (; at < to; at += 1) {
      if (node.type === Scalar.QUOTE_DOUBLE && text[at] === '\\') {
        width = escapeWidth(text[at + 1]);
        break;
      }
      if (text[at] === value[i] || (value[i] === ' ' && text[at] === '\n')) break;
    }
    if (i === index) return at;
    at += width;
  }
  return Math.min(at, to);
}

function escapeWidth(letter: string | undefined): number {
  if (letter === 'x') return 4;
  if (letter === 'u') return 6;
  return letter === 'U' ? 10 : 2;
}
