import { type Addr, boundName, type Name } from '#core/naming/name.ts';
import { leaf, type NameTree, neg } from '#core/naming/name-tree.ts';
import type { Namer } from '#core/naming/namer.ts';
import { Path } from '#core/naming/path.ts';
import { Activity, ok, type State } from '#core/reactive/activity.ts';
import { Cell } from '#core/reactive/var.ts';

/** A namer whose names come and go as a script says. Counts who observes it. */
export class ScriptedNamer implements Namer {
  readonly prefix: Path;
  /** Look-ups that are being observed. */
  observed = 0;
  readonly #root: Path;
  readonly #size: number;
  readonly #lower: boolean;
  readonly #names = new Map<string, Cell<State<Addr | 'absent'>>>();

  /** Its names have `size` elements, which are looked up in lower case where `lower` says so. */
  constructor(prefix: Path, size: number, lower: boolean) {
    this.prefix = prefix;
    this.#root = Path.of('#').concat(prefix);
    this.#size = size;
    this.#lower = lower;
  }

  owns(id: Path): boolean {
    return id.startsWith(this.#root) && id.size === this.#root.size + this.#size;
  }

  set(id: Path, state: State<Addr | 'absent'>): void {
    this.#cell(id).set(state);
  }

  lookup(path: Path): Activity<NameTree<Name>> {
    if (path.size < this.#size) return Activity.value(neg);
    const own = path.take(this.#size).segments.map((s) => (this.#lower ? s.toLowerCase() : s));
    const id = this.#root.concat(Path.of(...own));
    const states = new Activity(this.#cell(id));
    const addr = states.transform((s) =>
      s.kind === 'ok' && s.value === 'absent' ? { kind: 'pending' } : (s as State<Addr>),
    );
    const bound = boundName(id, path.drop(this.#size), addr);
    return this.#counted(states.map((found) => (found === 'absent' ? neg : leaf<Name>(bound))));
  }

  #cell(id: Path): Cell<State<Addr | 'absent'>> {
    const cell = this.#names.get(id.show) ?? new Cell<State<Addr | 'absent'>>(ok('absent'));
    this.#names.set(id.show, cell);
    return cell;
  }

  #counted<T>(activity: Activity<T>): Activity<T> {
    return Activity.from((set) => {
      this.observed += 1;
      const handle = activity.states.observe(set);
      return {
        close: () => {
          this.observed -= 1;
          handle.close();
        },
      };
    });
  }
}
