import { showElement } from './labels.ts';
import type { Path } from './path.ts';
import { Scanner } from './scanner.ts';

/** The left side of a dentry: like a path, but an element may be `*`, which stands for any one element. */
export class Prefix {
  /** Byte strings; null is `*`. */
  readonly elements: readonly (string | null)[];
  readonly show: string;

  constructor(elements: readonly (string | null)[]) {
    this.elements = elements;
    this.show = `/${elements.map((e) => (e === null ? '*' : showElement(e))).join('/')}`;
  }

  /** Reads `/svc/*`. Throws a ParseError. */
  static read(text: string): Prefix {
    const scanner = new Scanner(text);
    const prefix = Prefix.scan(scanner);
    scanner.end();
    return prefix;
  }

  /** The grammar's `prefix`, at the scanner's place. */
  static scan(scanner: Scanner): Prefix {
    scanner.space();
    scanner.eat('/');
    if (!scanner.atLabel() && scanner.peek() !== '*') return new Prefix([]);
    const elements: (string | null)[] = [];
    do elements.push(scanner.maybe('*') ? null : scanner.label());
    while (scanner.maybe('/'));
    return new Prefix(elements);
  }

  get size(): number {
    return this.elements.length;
  }

  /** Whether the path starts with this prefix. */
  matches(path: Path): boolean {
    return this.size <= path.size && this.elements.every((e, i) => e === null || e === path.segments[i]);
  }
}
