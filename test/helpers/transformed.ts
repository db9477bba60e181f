import type { TestContext } from 'node:test';
import { type Addr, type Address, boundAddr, boundName, negAddr } from '#core/naming/name.ts';
import { Path } from '#core/naming/path.ts';
import type { NamedTransformer } from '#core/naming/transformer.ts';
import { ok, pending, settable } from '#core/reactive/activity.ts';
import { eventually } from './within.ts';

/** The name `/#/x`, whose addresses a test sets, seen through a transformer. */
export class Transformed {
  readonly id: string;
  /** Every state of the address in turn: `pending`, `neg`, `failed: …`, or what `show` makes of each address, in order. */
  readonly history: string[] = [];
  readonly #addr = settable<Addr>(pending);

  constructor(t: TestContext, transformer: NamedTransformer, show: (address: Address) => string) {
    const bound = transformer.each?.(boundName(Path.read('/#/x'), Path.empty, this.#addr.activity));
    if (bound === undefined) throw new Error('it replaces whole trees');
    this.id = bound.id.show;
    const handle = bound.addr.states.observe((state) => {
      if (state.kind === 'failed') this.history.push(`failed: ${state.error.message}`);
      else if (state.kind === 'pending') this.history.push('pending');
      else if (state.value.kind === 'neg') this.history.push('neg');
      else this.history.push(state.value.addresses.map(show).sort().join(' '));
    });
    t.after(() => handle.close());
  }

  /** Undefined: there is no such cluster. */
  set(addresses: readonly Address[] | undefined): void {
    this.#addr.set(ok(addresses === undefined ? negAddr : boundAddr(...addresses)));
  }

  get now(): string {
    return this.history.at(-1) ?? '';
  }

  async until(expected: string): Promise<void> {
    await eventually(() => (this.now === expected ? true : undefined), `it is ${expected}`).catch((error: unknown) => {
      throw new Error(`${error instanceof Error ? error.message : error}; it was ${this.history.join(' → ')}`);
    });
  }
}
