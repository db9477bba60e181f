import type { Dentry, Dtab } from './dtab.ts';
import { empty, fail, leaf, type NameTree, neg, type Weighted } from './name-tree.ts';
import { Path } from './path.ts';
import { Prefix } from './prefix.ts';
import { ParseError, Scanner } from './scanner.ts';

export { ParseError };

/** Deeper parentheses than anyone writes; a caller's `l5d-dtab` must not be able to exhaust the stack. */
const maxNesting = 64;

/** Reads `/a | 0.9 * /b & 0.1 * /c`. Throws a ParseError. */
export function readTree(text: string): NameTree<Path> {
  return whole(text, (scanner) => alternation(scanner, 0));
}

/** Reads one entry: `/svc => /host`. Throws a ParseError. */
export function readDentry(text: string): Dentry {
  return whole(text, dentry);
}

/**
 * Reads a table: entries separated by `;`, which may also end it; white space and `#` comments between tokens. The
 * empty text is the empty table. Throws a ParseError.
 */
export function readDtab(text: string): Dtab {
  return whole(text, (scanner) => {
    const dentries: Dentry[] = [];
    do {
      scanner.space();
      if (scanner.atEnd) break;
      dentries.push(dentry(scanner));
      scanner.space();
    } while (scanner.maybe(';'));
    return dentries;
  });
}

function whole<T>(text: string, rule: (scanner: Scanner) => T): T {
  const scanner = new Scanner(text);
  const value = rule(scanner);
  scanner.end();
  return value;
}

function dentry(scanner: Scanner): Dentry {
  const prefix = Prefix.scan(scanner);
  scanner.space();
  scanner.eat('=');
  scanner.eat('>');
  return { prefix, dst: alternation(scanner, 0) };
}

/** `tree = union { "|" union }` */
function alternation(scanner: Scanner, depth: number): NameTree<Path> {
  const trees: NameTree<Path>[] = [];
  do {
    trees.push(unionOf(scanner, depth));
    scanner.space();
  } while (scanner.maybe('|'));
  return trees.length === 1 && trees[0] !== undefined ? trees[0] : { kind: 'alt', trees };
}

/** `union = weighted { "&" weighted }`; the weight of a lone tree is dropped. */
function unionOf(scanner: Scanner, depth: number): NameTree<Path> {
  const trees: Weighted<Path>[] = [];
  do {
    trees.push(weighted(scanner, depth));
    scanner.space();
  } while (scanner.maybe('&'));
  return trees.length === 1 && trees[0] !== undefined ? trees[0].tree : { kind: 'union', trees };
}

/** `weighted = [ number "*" ] simple` */
function weighted(scanner: Scanner, depth: number): Weighted<Path> {
  scanner.space();
  let weight = 1;
  if (atNumber(scanner)) {
    weight = number(scanner);
    scanner.space();
    scanner.eat('*');
  }
  return { weight, tree: simple(scanner, depth) };
}

const atNumber = (scanner: Scanner): boolean => /^[0-9.]$/.test(scanner.peek());

/** Digits with at most one dot among them. */
function number(scanner: Scanner): number {
  let digits = '';
  while (atNumber(scanner)) {
    if (scanner.peek() === '.' && digits.includes('.')) scanner.expected('number char');
    digits += scanner.next();
  }
  const value = Number(digits);
  if (!Number.isFinite(value)) scanner.expected('weight', `'${digits}'`);
  return value;
}

/** `simple = "(" tree ")" | path | "!" | "~" | "$"` */
function simple(scanner: Scanner, depth: number): NameTree<Path> {
  scanner.space();
  switch (scanner.peek()) {
    case '(': {
      if (depth === maxNesting) scanner.expected(`at most ${maxNesting} nested parentheses`);
      scanner.next();
      const tree = alternation(scanner, depth + 1);
      scanner.space();
      scanner.eat(')');
      return tree;
    }
    case '/':
      return leaf(Path.scan(scanner));
    case '!':
      scanner.next();
      return fail;
    case '~':
      scanner.next();
      return neg;
    case '$':
      scanner.next();
      return empty;
    default:
      return scanner.expected('simple');
  }
}
