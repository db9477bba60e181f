import { Activity } from '../reactive/activity.ts';
import { transformDelegate } from './delegate-tree.ts';
import { metaKeys } from './meta.ts';
import { type Address, type Bound, type Name, negAddr } from './name.ts';
import { map, type NameTree } from './name-tree.ts';
import { type BindPath, CannotDelegate, type Interpreter, type Namer, type Transformer } from './namer.ts';
import type { Path } from './path.ts';

/** A configured transformer. */
export interface NamedTransformer {
  /** What it puts before the ids it makes: `/%/io.l5d.port/4141`. */
  readonly tag: Path;
  /** What a delegation calls this step. */
  readonly name: string;
  readonly transform: Transformer;
  /** The same for one bound name; undefined where it replaces trees as a whole, which a delegation cannot show. */
  readonly each: ((bound: Bound) => Bound) | undefined;
}

/** First element of a tag: `/%/…`. */
export const transformerElement = '%';

/** A transformer that says what it does to a single bound name. */
export interface BoundTransformer extends NamedTransformer {
  readonly each: (bound: Bound) => Bound;
}

/** A transformer that changes each bound name by itself. */
export function perBound(tag: Path, name: string, each: (bound: Bound) => Bound): BoundTransformer {
  return { tag, name, each, transform: (tree) => Activity.value(map(tree, each)) };
}

/** A transformer that maps the addresses of each bound name, now and whenever they change, and tags its id. */
export function perAddress(
  tag: Path,
  name: string,
  mapAddresses: (addresses: readonly Address[]) => readonly Address[] | 'neg',
): BoundTransformer {
  return perBound(tag, name, (bound) => ({
    ...bound,
    id: tag.concat(bound.id),
    addr: bound.addr.map((addr) => {
      if (addr.kind === 'neg') return addr;
      const addresses = mapAddresses(addr.addresses);
      return addresses === 'neg' ? negAddr : { ...addr, addresses };
    }),
  }));
}

/**
 * A transformer that keeps some addresses; those that are answers, not places, always stay. If none is left the address
 * is neg while the tree keeps its leaf, so no alternative is tried (as in Linkerd).
 */
export function filterAddresses(tag: Path, name: string, keep: (address: Address) => boolean): BoundTransformer {
  return perAddress(tag, name, (all) => {
    const kept = all.filter((each) => metaKeys.httpStatus in each.meta || keep(each));
    return kept.length === 0 ? 'neg' : kept;
  });
}

/** An interpreter with transformers applied to what it binds, in order: the last one's tag is outermost. */
export function transformedInterpreter(
  under: Interpreter,
  transformers: readonly NamedTransformer[],
  bindPath: BindPath,
): Interpreter {
  return transformers.reduce((interpreter, t) => wrapped(interpreter, t, bindPath), under);
}

function wrapped(under: Interpreter, { transform, each, name }: NamedTransformer, bindPath: BindPath): Interpreter {
  return {
    ...(under.stored && { stored: under.stored }),
    bind: (dtab, path) => under.bind(dtab, path).flatMap((tree) => transform(tree, bindPath)),
    delegate: (dtab, from) => {
      if (each === undefined) return Activity.failed(new CannotDelegate(`the transformer ${name} hides delegations`));
      return under.delegate(dtab, from).map((tree) => transformDelegate(tree, name, each));
    },
  };
}

/** A namer with transformers applied, in order, to those of its trees that are fully bound. */
export function transformedNamer(namer: Namer, transformers: readonly NamedTransformer[], bindPath: BindPath): Namer {
  if (transformers.length === 0) return namer;
  return {
    prefix: namer.prefix,
    ...(namer.followed && { followed: namer.followed }),
    lookup: (path) =>
      namer.lookup(path).flatMap((tree): Activity<NameTree<Name>> => {
        if (!isBound(tree)) return Activity.value(tree);
        return transformers.reduce(
          (trees, { transform }) => trees.flatMap((t) => transform(t, bindPath)),
          Activity.value(tree),
        );
      }),
  };
}

/** Whether no path in the tree needs another look-up. */
function isBound(tree: NameTree<Name>): tree is NameTree<Bound> {
  switch (tree.kind) {
    case 'leaf':
      return tree.value.kind === 'bound';
    case 'alt':
      return tree.trees.every(isBound);
    case 'union':
      return tree.trees.every((w) => isBound(w.tree));
    default:
      return true;
  }
}
