// Hot.
import * as z from 'zod';
import { defineKind } from '../../core/config/kind.ts';
import type { Endpoint } from '../router/endpoint.ts';
import type { Chooser } from '../router/weight-classes.ts';
import type { Balancing, BalancingParts } from './balancing.ts';
import { type Pick, withEffort } from './effort.ts';
import { effort } from './fields.ts';
import { LeastLoaded } from './least-loaded.ts';
import { twoChoices } from './p2c.ts';

export interface ApertureConfig {
  readonly smoothWindowMs: number;
  readonly lowLoad: number;
  readonly highLoad: number;
  readonly minAperture: number;
}

/**
 * Two choices among the first few endpoints of an order that is this process's own, so that many clients of a large
 * cluster need few connections each.
 *
 * The width of that window follows the requests under way, smoothed: from `highLoad` of them for each endpoint on it
 * widens by one, down to `lowLoad` it narrows by one; at least `minAperture`, at most all. Looked at whenever a request
 * begins or ends. Endpoints that are not open stand behind those that are when the set changes.
 */
export class Aperture implements Chooser {
  readonly #config: ApertureConfig;
  readonly #random: () => number;
  readonly #pick: Pick;
  /** Each endpoint's place in the order, for good. */
  readonly #ranks = new WeakMap<Endpoint, number>();
  #of: readonly Endpoint[] = [];
  #order: readonly Endpoint[] = [];
  #window: readonly Endpoint[] = [];
  #width: number;
  #underWay = 0;
  #average = 0;
  #stamp = -1;

  constructor(config: ApertureConfig, random: () => number) {
    this.#config = config;
    this.#random = random;
    this.#pick = twoChoices(random);
    this.#width = config.minAperture;
  }

  /** Endpoints used at present. */
  get width(): number {
    return this.#window.length;
  }

  choose(endpoints: readonly Endpoint[], now: number): Endpoint {
    if (endpoints !== this.#of) this.#arrange(endpoints, now);
    const window = this.#window;
    return window.length === 1 ? (window[0] as Endpoint) : this.#pick(window, now);
  }

  readonly shift = (by: 1 | -1, now: number): void => {
    this.#underWay += by;
    const weight = this.#stamp < 0 ? 0 : Math.exp(-Math.max(0, now - this.#stamp) / this.#config.smoothWindowMs);
    this.#average = this.#average * weight + this.#underWay * (1 - weight);
    this.#stamp = Math.max(this.#stamp, now);
    const load = this.#average / this.#width;
    if (load >= this.#config.highLoad) this.#resize(this.#width + 1);
    else if (load <= this.#config.lowLoad) this.#resize(this.#width - 1);
  };

  #resize(width: number): void {
    const all = this.#order.length;
    const next = Math.min(Math.max(width, this.#config.minAperture, 1), Math.max(all, 1));
    if (next === this.#width && this.#window.length === next) return;
    this.#width = next;
    this.#window = this.#order.slice(0, next);
  }

  #arrange(endpoints: readonly Endpoint[], now: number): void {
    this.#of = endpoints;
    const rank = (e: Endpoint): number => {
      const known = this.#ranks.get(e) ?? this.#random();
      this.#ranks.set(e, known);
      return known;
    };
    this.#order = endpoints
      .map((e) => ({ e, at: rank(e) + (e.open(now) ? 0 : 1) }))
      .sort((a, b) => a.at - b.at)
      .map(({ e }) => e);
    this.#window = [];
    this.#resize(this.#width);
  }
}

/** Two choices among a part of the endpoints that grows and shrinks with the load. */
export const aperture = defineKind({
  schema: z.strictObject({
    kind: z.literal('aperture'),
    ...effort,
    smoothWindowMs: z.int().min(1).default(5000).describe('Time over which the load is averaged.'),
    lowLoad: z.number().min(0).default(0.5).describe('Requests for each endpoint at which one less is used.'),
    highLoad: z.number().min(0).default(2).describe('Requests for each endpoint at which one more is used.'),
    minAperture: z.int().min(1).default(1).describe('Endpoints used at least.'),
  }),
  make({ maxEffort, enableProbation, ...config }, { random, exhausted }: BalancingParts): Balancing {
    return {
      algorithm: 'aperture_least_loaded',
      enableProbation,
      load: () => new LeastLoaded(),
      chooser() {
        const aperture = new Aperture(config, random);
        const pick: Pick = (endpoints, now) => aperture.choose(endpoints, now);
        return { choose: withEffort(pick, maxEffort, random, exhausted), shift: aperture.shift };
      },
    };
  },
});
