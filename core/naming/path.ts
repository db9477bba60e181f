import { showElement, toBytes } from './labels.ts';
import { Scanner } from './scanner.ts';

export { showElement };

/**
 * A hierarchical name: `/svc/users`. Immutable. `show` is canonical: two paths are equal exactly if their `show` is,
 * and `Path.read` gives the path back.
 */
export class Path {
  static readonly empty = new Path([]);
  /** Elements as byte strings: one character, 0 to 255, a byte. None is empty. */
  readonly segments: readonly string[];
  #show: string | undefined;

  private constructor(segments: readonly string[]) {
    this.segments = segments;
  }

  /** A path of elements given as byte strings. Throws on an empty element, which no text could name. */
  static of(...segments: readonly string[]): Path {
    if (segments.includes('')) throw new Error('a path element cannot be empty');
    return segments.length === 0 ? Path.empty : new Path(segments);
  }

  /** A path of elements given as text, which becomes UTF-8. */
  static utf8(...texts: readonly string[]): Path {
    return Path.of(...texts.map(toBytes));
  }

  /** Reads `/a/b`; white space and comments may surround it. Throws a ParseError. */
  static read(text: string): Path {
    const scanner = new Scanner(text);
    const path = Path.scan(scanner);
    scanner.end();
    return path;
  }

  /** The grammar's `path`, at the scanner's place. */
  static scan(scanner: Scanner): Path {
    scanner.space();
    scanner.eat('/');
    if (!scanner.atLabel()) return Path.empty;
    const segments: string[] = [];
    do segments.push(scanner.label());
    while (scanner.maybe('/'));
    return new Path(segments);
  }

  get show(): string {
    this.#show ??= `/${this.showElements.join('/')}`;
    return this.#show;
  }

  /** The canonical text of each element. */
  get showElements(): readonly string[] {
    return this.segments.map(showElement);
  }

  get size(): number {
    return this.segments.length;
  }

  equals(that: Path): boolean {
    return this.size === that.size && this.startsWith(that);
  }

  startsWith(prefix: Path): boolean {
    return prefix.size <= this.size && prefix.segments.every((s, i) => s === this.segments[i]);
  }

  take(n: number): Path {
    return n >= this.size ? this : n <= 0 ? Path.empty : new Path(this.segments.slice(0, n));
  }

  drop(n: number): Path {
    return n <= 0 ? this : n >= this.size ? Path.empty : new Path(this.segments.slice(n));
  }

  concat(that: Path): Path {
    if (that.size === 0) return this;
    return this.size === 0 ? that : new Path([...this.segments, ...that.segments]);
  }
}
