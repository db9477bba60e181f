/** A hierarchical name: `/svc/users`. Immutable; equal paths have equal `show`. */
export class Path {
  static readonly empty = new Path([]);
  /** Elements as byte strings: one character, 0 to 255, a byte. */
  readonly segments: readonly string[];
  readonly show: string;

  private constructor(segments: readonly string[]) {
    this.segments = segments;
    this.show = `/${segments.join('/')}`;
  }

  static of(...segments: readonly string[]): Path {
    return segments.length === 0 ? Path.empty : new Path(segments);
  }

  static read(text: string): Path {
    return Path.of(...text.split('/').filter((s) => s !== ''));
  }

  get size(): number {
    return this.segments.length;
  }

  startsWith(prefix: Path): boolean {
    return prefix.segments.every((s, i) => s === this.segments[i]);
  }

  take(n: number): Path {
    return Path.of(...this.segments.slice(0, n));
  }

  drop(n: number): Path {
    return n === 0 ? this : Path.of(...this.segments.slice(n));
  }

  concat(that: Path): Path {
    return that.size === 0 ? this : Path.of(...this.segments, ...that.segments);
  }
}
