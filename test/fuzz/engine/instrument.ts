import { type Node, parse } from 'acorn';

/** Name of the counters in instrumented code. */
export const HITS = '__heddleHits';

export interface Instrumented {
  readonly code: string;
  /** How many counters the code has, numbered from `first`. */
  readonly blocks: number;
  /** Strings and numbers of the source: what it compares its input with. */
  readonly literals: readonly (string | number)[];
}

type Tree = Node & Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

/**
 * Counts in JavaScript how often each of its blocks runs: bodies of functions and loops, both sides of every condition
 * (an `else` that is not there too), cases, and right sides of `&&`, `||` and `??`.
 */
export function instrument(source: string, first: number): Instrumented {
  const marks = new Marks(first);
  const literals: (string | number)[] = [];
  visit(parse(source, { ecmaVersion: 'latest', sourceType: 'module' }) as unknown as Tree);
  return { code: marks.apply(source), blocks: marks.count, literals };

  function visit(node: Tree): void {
    mark(node);
    for (const value of Object.values(node)) {
      if (Array.isArray(value)) for (const item of value) isTree(item) && visit(item);
      else if (isTree(value)) visit(value);
    }
  }

  function mark(node: Tree): void {
    switch (node.type) {
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        marks.branch(node['body'] as Tree);
        return;
      case 'ForStatement':
      case 'ForOfStatement':
      case 'ForInStatement':
      case 'WhileStatement':
      case 'DoWhileStatement':
        marks.branch(node['body'] as Tree);
        return;
      case 'IfStatement': {
        const otherwise = node['alternate'];
        marks.branch(node['consequent'] as Tree, !isTree(otherwise));
        if (isTree(otherwise)) marks.branch(otherwise);
        return;
      }
      case 'ConditionalExpression':
        marks.branch(node['consequent'] as Tree);
        marks.branch(node['alternate'] as Tree);
        return;
      case 'LogicalExpression':
        marks.branch(node['right'] as Tree);
        return;
      case 'SwitchCase': {
        const [statement] = node['consequent'] as Tree[];
        if (statement !== undefined) marks.before(statement);
        return;
      }
      case 'Literal': {
        const value = node['value'];
        if (typeof value === 'string' || typeof value === 'number') literals.push(value);
      }
    }
  }
}

/** What is put into a source, by place; at one place the ends of inner things come first, then the starts of outer ones. */
class Marks {
  readonly #starts: { readonly at: number; readonly text: string }[] = [];
  readonly #ends: { readonly at: number; readonly text: string }[] = [];
  readonly #first: number;
  count = 0;

  constructor(first: number) {
    this.#first = first;
  }

  /** Counts a statement or an expression; `orElse`: an `else` is added, and counted. */
  branch(node: Tree, orElse = false): void {
    const hit = this.#hit();
    const rest = orElse ? ` else { ${this.#hit()}; }` : '';
    if (node.type === 'BlockStatement') {
      this.#starts.push({ at: node.start + 1, text: ` ${hit};` });
      if (rest !== '') this.#ends.push({ at: node.end, text: rest });
    } else if (/Statement$|Declaration$/.test(node.type)) this.#wrap(node, `{ ${hit};`, `}${rest}`);
    else this.#wrap(node, `(${hit}, `, ')');
  }

  before(node: Tree): void {
    this.#starts.push({ at: node.start, text: `${this.#hit()}; ` });
  }

  apply(source: string): string {
    const all = [...this.#ends.reverse(), ...this.#starts].sort((a, b) => a.at - b.at);
    let out = '';
    let at = 0;
    for (const mark of all) {
      out += source.slice(at, mark.at) + mark.text;
      at = mark.at;
    }
    return out + source.slice(at);
  }

  #wrap(node: Tree, before: string, behind: string): void {
    this.#starts.push({ at: node.start, text: before });
    this.#ends.push({ at: node.end, text: behind });
  }

  #hit(): string {
    return `${HITS}[${this.#first + this.count++}]++`;
  }
}
