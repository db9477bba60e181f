import { type Addr, showAddress } from '#core/naming/name.ts';
import type { State } from '#core/reactive/activity.ts';

/** What is known of replicas, in the words of Linkerd's `/client_state.json`. */
export function shownAddr(addr: State<Addr>): { readonly state: string; readonly addresses: readonly string[] } {
  if (addr.kind !== 'ok') return { state: stateWord(addr), addresses: [] };
  if (addr.value.kind === 'neg') return { state: 'Neg', addresses: [] };
  return { state: 'bound', addresses: addr.value.addresses.map(showAddress) };
}

/** One word, or a failure with its reason. */
export function stateWord(state: State<unknown>): string {
  if (state.kind === 'failed') return `Failed: ${state.error.message}`;
  return state.kind === 'ok' ? 'bound' : 'Pending';
}
