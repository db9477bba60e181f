import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nothingToClose } from '../closable.ts';
import { Activity, ok, pending, type State, settable } from '../reactive/activity.ts';
import { firstNotNeg } from './first.ts';
import { leaf, type NameTree, neg } from './name-tree.ts';

/** Settable branches that count who observes them. */
function branches(initial: readonly State<NameTree<number>>[]) {
  const observed = initial.map(() => 0);
  const cells = initial.map((state) => settable(state));
  const makers = cells.map(
    ({ activity }, i) =>
      () =>
        Activity.from<NameTree<number>>((set) => {
          observed[i] = (observed[i] ?? 0) + 1;
          const handle = activity.states.observe(set);
          return {
            close: () => {
              observed[i] = (observed[i] ?? 0) - 1;
              handle.close();
            },
          };
        }),
  );
  return { observed, makers, set: (i: number, state: State<NameTree<number>>) => cells[i]?.set(state) };
}

const shown = (state: State<NameTree<number>>): string =>
  state.kind === 'ok' ? (state.value.kind === 'leaf' ? String(state.value.value) : state.value.kind) : state.kind;

test('only what is needed is observed: all up to the first that is not neg', () => {
  const { observed, makers, set } = branches([ok(neg), ok(leaf(1)), ok(leaf(2))]);
  const seen: string[] = [];
  const handle = firstNotNeg(makers).states.observe((s) => seen.push(shown(s)));
  assert.deepEqual(observed, [1, 1, 0]);
  set(1, ok(neg));
  assert.deepEqual(observed, [1, 1, 1]);
  set(0, pending);
  assert.deepEqual(observed, [1, 0, 0]);
  set(0, ok(neg));
  set(2, ok(neg));
  assert.deepEqual(seen, ['1', '2', 'pending', '2', 'neg']);
  handle.close();
  assert.deepEqual(observed, [0, 0, 0]);
});

test('after any changes it is the first that is not neg, and observes no more than it must', () => {
  const state = fc.constantFrom<State<NameTree<number>>>(ok(neg), ok(leaf(0)), pending);
  fc.assert(
    fc.property(
      fc.array(state, { minLength: 1, maxLength: 4 }),
      fc.array(fc.tuple(fc.nat(3), state)),
      (initial, changes) => {
        const { observed, makers, set } = branches(initial);
        const now = [...initial];
        let last = '';
        const handle = firstNotNeg(makers).states.observe((s) => (last = shown(s)));
        for (const [i, next] of changes) {
          if (i >= now.length) continue;
          now[i] = next;
          set(i, next);
          const first = now.findIndex((s) => shown(s) !== 'neg');
          const end = first < 0 ? now.length - 1 : first;
          assert.equal(last, shown(now[end] ?? pending));
          assert.deepEqual(
            observed,
            now.map((_, j) => (j <= end ? 1 : 0)),
          );
        }
        handle.close();
        assert.ok(observed.every((n) => n === 0));
      },
    ),
  );
});

test('a branch whose appearance changes an earlier one, or closes everything, leaves nothing observed', () => {
  const { observed, makers, set } = branches([ok(neg), ok(neg), ok(leaf(2))]);
  const meddling = makers.map((make, i) => () => {
    if (i === 2) set(0, ok(leaf(9)));
    return make();
  });
  let last = '';
  firstNotNeg(meddling).states.observe((s) => (last = shown(s)));
  assert.equal(last, '9');
  assert.deepEqual(observed, [1, 0, 0]);

  const others = branches([ok(leaf(1)), ok(leaf(2))]);
  let handle = nothingToClose;
  const closing = others.makers.map((make, i) => () => {
    if (i === 1) handle.close();
    return make();
  });
  handle = firstNotNeg(closing).states.observe(() => {});
  others.set(0, ok(neg));
  assert.deepEqual(others.observed, [0, 0]);
});

test('many negs do not lie on the stack', () => {
  const makers = Array.from({ length: 20_000 }, () => () => Activity.value(neg));
  const seen: string[] = [];
  firstNotNeg(makers)
    .states.observe((s) => seen.push(s.kind === 'ok' ? s.value.kind : s.kind))
    .close();
  assert.deepEqual(seen, ['neg']);
});

test('a maker that throws is a failed branch', () => {
  const { observed, makers } = branches([ok(neg)]);
  const faulty = (): Activity<NameTree<number>> => {
    throw new Error('a fault');
  };
  const seen: string[] = [];
  firstNotNeg([...makers, faulty])
    .states.observe((s) => seen.push(shown(s)))
    .close();
  assert.deepEqual(seen, ['failed']);
  assert.deepEqual(observed, [0]);
});
