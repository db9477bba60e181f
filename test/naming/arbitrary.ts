import fc from 'fast-check';
import type { Dentry, Dtab } from '#core/naming/dtab.ts';
import { alt, empty, fail, leaf, type NameTree, neg, union, type Weighted } from '#core/naming/name-tree.ts';
import { Path } from '#core/naming/path.ts';
import { Prefix } from '#core/naming/prefix.ts';

/** Path elements: any bytes, often plain ones. */
export const element: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('svc', 'host', '#', '$', 'a.b:80', '%', '*', '-'),
  fc.array(fc.nat(255), { minLength: 1, maxLength: 4 }).map((bytes) => String.fromCharCode(...bytes)),
);

export const path: fc.Arbitrary<Path> = fc.array(element, { maxLength: 4 }).map((all) => Path.of(...all));

export const prefix: fc.Arbitrary<Prefix> = fc
  .array(fc.oneof({ weight: 3, arbitrary: element }, { weight: 1, arbitrary: fc.constant(null) }), { maxLength: 4 })
  .map((elements) => new Prefix(elements));

/** Weights that their two decimals tell apart. */
const weight = fc.nat(1000).map((n) => n / 100);

/** Trees as the grammar gives them: no branching of fewer than two. */
export function tree<T>(leafValue: fc.Arbitrary<T>): fc.Arbitrary<NameTree<T>> {
  return fc.letrec<{ tree: NameTree<T>; weighted: Weighted<T> }>((tie) => ({
    weighted: fc.record({ weight, tree: tie('tree') }, { noNullPrototype: true }),
    tree: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      { weight: 4, arbitrary: leafValue.map(leaf) },
      fc.constantFrom<NameTree<T>>(neg, fail, empty),
      fc.array(tie('tree'), { minLength: 2, maxLength: 3 }).map((trees) => alt(...trees)),
      fc.array(tie('weighted'), { minLength: 2, maxLength: 3 }).map((trees) => union(...trees)),
    ),
  })).tree;
}

export const dtab: fc.Arbitrary<Dtab> = fc.array(
  fc.record({ prefix, dst: tree(path) }, { noNullPrototype: true }).map((dentry): Dentry => dentry),
  { maxLength: 5 },
);

/** A small world in which names meet, without loops: `/a` leads to `/b`, that to `/c`, that to what a namer `/#/x` has. */
const steps = {
  a: ['/b', '/b/1', '/c', '/#/x/1'],
  b: ['/c', '/c/1', '/#/x/1', '/#/x/2'],
  c: ['/#/x/1', '/#/x/2', '/#/x/3/r'],
};

const from = (name: keyof typeof steps): fc.Arbitrary<NameTree<Path>> =>
  tree(fc.constantFrom(...steps[name]).map((p) => Path.read(p)));

/** What `/a` may be rewritten to. */
export const smallTree: fc.Arbitrary<NameTree<Path>> = from('a');

const smallDentry: fc.Arbitrary<Dentry> = fc
  .constantFrom('a', 'b', 'c')
  .chain((name) =>
    fc.record(
      { prefix: fc.constantFrom(`/${name}`, `/${name}/1`, `/${name}/*`).map((p) => Prefix.read(p)), dst: from(name) },
      { noNullPrototype: true },
    ),
  );

export const smallDtab: fc.Arbitrary<Dtab> = fc.array(smallDentry, { maxLength: 6 });
