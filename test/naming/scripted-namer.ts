import { type Addr, boundName, type Name } from '#core/naming/name.ts';
import { leaf, type NameTree, neg } from '#core/naming/name-tree.ts';
import type { Namer } from '#core/naming/namer.ts';
import { Path } from '#core/naming/path.ts';
import { Activity, ok, pending, type State } from '#core/reactive/activity.ts';
import { Cell } from '#core/reactive/var.ts';

interface Entry {
  readonly cell: Cell<State<Addr | 'absent'>>;
  readonly states: Activity<Addr | 'absent'>;
  readonly addr: Activity<Addr>;
}

/** A namer whose names come and go as a script says. Counts who observes it. */
export class ScriptedNamer implements Namer {
  readonly prefix: Path;
  /** Look-ups that are being observed. */
  observed = 0;
  readonly #root: Path;
  readonly #size: number;
  readonly #lower: boolean;
  readonly #names = new Map<string, Entry>();

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
    this.#entry(id).cell.set(state);
  }

  lookup(path: Path): Activity<NameTree<Name>> {
    if (path.size < this.#size) return Activity.value(neg);
    const own = path.take(this.#size).segments.map((s) => (this.#lower ? s.toLowerCase() : s));
    const id = this.#root.concat(Path.of(...own));
    const { states, addr } = this.#entry(id);
    const bound = boundName(id, path.drop(this.#size), addr);
    return this.#counted(states.map((found) => (found === 'absent' ? neg : leaf<Name>(bound))));
  }

  /** The same activities for the same id, as a binding can tell by them whether a name is still the same. */
  #entry(id: Path): Entry {
    let entry = this.#names.get(id.show);
    if (entry === undefined) {
      const cell = new Cell<State<Addr | 'absent'>>(ok('absent'));
      const states = new Activity(cell);
      const addr = states.transform(
        (s): State<Addr> => (s.kind !== 'ok' ? s : s.value === 'absent' ? pending : ok(s.value)),
      );
      entry = { cell, states, addr };
      this.#names.set(id.show, entry);
    }
    return entry;
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
