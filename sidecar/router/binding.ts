import type { Closable } from '../../core/closable.ts';
import type { Bound } from '../../core/naming/name.ts';
import type { NameTree } from '../../core/naming/name-tree.ts';
import type { Activity } from '../../core/reactive/activity.ts';
import { draw, type Share, sendTo } from './choice.ts';
import type { Exchange } from './exchange.ts';
import type { Service } from './service.ts';
import type { WaitingRoom } from './waiting-room.ts';

/** The clusters of a bound tree, each with its share. */
export interface SharedOut extends Closable {
  readonly list: readonly Share[];
}

export interface BindingParts {
  /** Lays a bound tree out; closing gives the clusters back. */
  readonly shares: (tree: NameTree<Bound>) => SharedOut;
  readonly random: () => number;
  readonly room: WaitingRoom;
  /** What a caller is told when the name leads nowhere. */
  readonly unroutable: () => string;
}

/**
 * Sends exchanges to whatever one name is bound to at the moment.
 *
 * The binding is observed once, here; what it says is kept as a plain snapshot, so that a request to a bound name
 * neither waits nor allocates. Requests before the first answer are queued, in order. A later failure to bind keeps the
 * last snapshot. One of the three stages that may wait.
 */
export class Binding implements Service, Closable {
  readonly #parts: BindingParts;
  readonly #observing: Closable;
  #shared: SharedOut | undefined;
  #shares: readonly Share[] | undefined;
  #failure: Error | undefined;

  constructor(bound: Activity<NameTree<Bound>>, parts: BindingParts) {
    this.#parts = parts;
    this.#observing = bound.states.observe((state) => {
      if (state.kind === 'ok') this.#become(parts.shares(state.value));
      else if (state.kind === 'failed' && this.#shares === undefined) this.#failed(state.error);
    });
  }

  /** Shown ids of the clusters the name is bound to now. */
  get clients(): readonly string[] {
    return (this.#shares ?? []).map((share) => share.client);
  }

  send(x: Exchange): void {
    const list = this.#shares;
    if (list !== undefined) this.#pass(list, x);
    else if (this.#failure !== undefined) x.refuse('bindFailed', this.#failure.message, this.#failure);
    else this.#parts.room.add(x);
  }

  close(): void {
    this.#observing.close();
    this.#failed(new Error('router closed'));
    const shared = this.#shared;
    this.#shared = undefined;
    this.#shares = undefined; // whoever is evicted comes back here
    shared?.close();
  }

  #pass(list: readonly Share[], x: Exchange): void {
    if (list.length === 0) x.refuse('unbound', this.#parts.unroutable());
    else sendTo(list.length === 1 ? (list[0] as Share) : draw(list, this.#parts.random()), x);
  }

  #become(next: SharedOut): void {
    const previous = this.#shared;
    this.#shared = next;
    this.#shares = next.list;
    this.#failure = undefined;
    previous?.close(); // after `next` borrowed, so that clients in both stay open
    for (const x of this.#parts.room.leave()) this.#pass(next.list, x);
  }

  #failed(error: Error): void {
    this.#failure = error;
    for (const x of this.#parts.room.leave()) x.refuse('bindFailed', error.message, error);
  }
}
