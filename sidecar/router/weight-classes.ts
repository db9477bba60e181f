// Hot: `choose` runs for every attempt.
import type { Counter } from '../../core/telemetry/metrics.ts';
import type { Endpoint } from './endpoint.ts';

/** Chooses among endpoints that weigh the same. Implementations: sidecar/balancers. */
export interface Chooser {
  /** `endpoints` are at least two, and the same list until the set changes. */
  choose(endpoints: readonly Endpoint[], now: number): Endpoint;
  /** There is one exchange more under way, or one less: for those that adapt to the load. */
  readonly shift?: (by: 1 | -1, now: number) => void;
}

interface WeightClass {
  readonly weight: number;
  readonly endpoints: readonly Endpoint[];
  readonly chooser: Chooser;
  /** Upper end of its interval in [0, 1). */
  upTo: number;
}

/**
 * Endpoints grouped by weight. A class is drawn with the chance of its weight times its size, and chooses within itself;
 * where nothing of it is open, the other classes are asked, heaviest first (Linkerd §5.2).
 */
export class WeightClasses {
  readonly #make: () => Chooser;
  readonly #random: () => number;
  readonly #busy: Counter;
  #classes: readonly WeightClass[] = [];
  #adapts = false;

  constructor(make: () => Chooser, random: () => number, busy: Counter) {
    this.#make = make;
    this.#random = random;
    this.#busy = busy;
  }

  get size(): number {
    return this.#classes.length;
  }

  /** Whether anyone wants to hear of `shift`. */
  get adapts(): boolean {
    return this.#adapts;
  }

  /** Takes the new set; a class that stays keeps its chooser. */
  update(endpoints: readonly Endpoint[]): void {
    const byWeight = Map.groupBy(endpoints, (e) => Math.max(0, e.address.weight));
    const kept = new Map(this.#classes.map((c) => [c.weight, c.chooser]));
    const classes = [...byWeight]
      .sort(([a], [b]) => b - a)
      .map(([weight, own]) => ({ weight, endpoints: own, chooser: kept.get(weight) ?? this.#make(), upTo: 1 }));
    const total = classes.reduce((sum, c) => sum + c.weight * c.endpoints.length, 0);
    let sum = 0;
    for (const c of classes) {
      sum += c.weight * c.endpoints.length;
      if (total > 0) c.upTo = sum / total;
    }
    this.#classes = classes;
    this.#adapts = classes.some(({ chooser }) => chooser.shift !== undefined);
  }

  /** One of the endpoints, of which there is at least one. */
  choose(now: number): Endpoint {
    const classes = this.#classes;
    if (classes.length === 1) return pick(classes[0] as WeightClass, now);
    const drawn = draw(classes, this.#random());
    const chosen = pick(drawn, now);
    if (chosen.open(now)) return chosen;
    for (const other of classes) {
      if (other === drawn) continue;
      const instead = pick(other, now);
      if (!instead.open(now)) continue;
      this.#busy.value += 1;
      return instead;
    }
    return chosen;
  }

  /** An exchange begins or ends at an endpoint. */
  shift(endpoint: Endpoint, by: 1 | -1, now: number): void {
    const classes = this.#classes;
    for (let i = 0; i < classes.length; i++) {
      const { weight, chooser } = classes[i] as WeightClass;
      if (classes.length === 1 || weight === Math.max(0, endpoint.address.weight)) chooser.shift?.(by, now);
    }
  }
}

function pick({ endpoints, chooser }: WeightClass, now: number): Endpoint {
  return endpoints.length === 1 ? (endpoints[0] as Endpoint) : chooser.choose(endpoints, now);
}

function draw(classes: readonly WeightClass[], roll: number): WeightClass {
  const last = classes.length - 1;
  for (let i = 0; i < last; i++) if (roll < (classes[i] as WeightClass).upTo) return classes[i] as WeightClass;
  return classes[last] as WeightClass;
}
