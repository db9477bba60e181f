import { type Document, isCollection, isMap, isSeq, type Node } from 'yaml';
import type { AddOperation } from '#webhook/patch.ts';

/**
 * Applies add operations to the part of a YAML document at `base`. Comments, quotes and the order of what is there stay.
 * Throws where a pointer leads nowhere.
 */
export function patchYaml(
  document: Document,
  base: readonly (string | number)[],
  operations: readonly AddOperation[],
): void {
  for (const { path, value } of operations) {
    const keys = [...base, ...segments(path)];
    const parent = keys.length === 1 ? document.contents : document.getIn(keys.slice(0, -1), true);
    const last = keys[keys.length - 1];
    const node: Node = document.createNode(value, { aliasDuplicateObjects: false });
    if (isSeq(parent)) parent.items.splice(last === '-' ? parent.items.length : Number(last), 0, node);
    else if (isMap(parent)) parent.set(scalarKey(parent.items, String(last)), node);
    else throw new Error(`${path}: nothing to add to`);
    if (isCollection(parent)) parent.flow = false;
  }
}

const segments = (pointer: string): string[] =>
  pointer
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));

/** The key as the map has it already, which may be a number to YAML. */
function scalarKey(items: readonly { readonly key: unknown }[], key: string): unknown {
  return items.map((pair) => pair.key).find((known) => String(known) === key) ?? key;
}
