import { Activity, ok, pending, type State } from '../reactive/activity.ts';
import { configuredNamerElement, utilityNamerElement } from './lookup.ts';
import { type Addr, type Bound, negAddr } from './name.ts';
import { evaluate, type NameTree } from './name-tree.ts';
import type { Path } from './path.ts';
import { transformerElement } from './transformer.ts';

/** All addresses that a bound tree may lead to, as namerd's `resolve` and `addr` give them; weights are lost. */
export function addrOfTree(tree: NameTree<Bound>): Activity<Addr> {
  const bounds = evaluate(tree) ?? [];
  const [only, ...others] = bounds;
  if (only === undefined) return Activity.value(negAddr);
  if (others.length === 0) return only.addr;
  const states = Activity.collectStates(bounds.map((bound) => bound.addr));
  return Activity.from((set) => states.observe((all) => set(together(all))));
}

/** What is known is enough; neg only if all are. */
function together(states: readonly State<Addr>[]): State<Addr> {
  const addrs = states.flatMap((s) => (s.kind === 'ok' ? [s.value] : []));
  const addresses = addrs.flatMap((addr) => (addr.kind === 'bound' ? addr.addresses : []));
  if (addrs.some((addr) => addr.kind === 'bound')) return ok({ kind: 'bound', addresses });
  if (addrs.length === states.length) return ok(negAddr);
  return states.every((s) => s.kind === 'failed') ? (states[0] ?? pending) : pending;
}

/** The id of a bound name without the tags of the transformers that made it: a path that namers look up. */
export function withoutTags(id: Path): Path {
  if (id.segments[0] !== transformerElement) return id;
  const from = id.segments.findIndex((s) => s === configuredNamerElement || s === utilityNamerElement);
  return from < 0 ? id : id.drop(from);
}
