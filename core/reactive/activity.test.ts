import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Closable, nothingToClose } from '../closable.ts';
import { Activity, failed, ok, pending, type State, settable } from './activity.ts';

/** A settable activity that counts how often it was started and stopped. */
function counted<T>(initial: State<T> = pending) {
  const inner = settable<T>(initial);
  const count = { starts: 0, stops: 0 };
  const activity = Activity.from<T>((set) => {
    count.starts += 1;
    const handle = inner.activity.states.observe(set);
    return {
      close: () => {
        count.stops += 1;
        handle.close();
      },
    };
  });
  return { activity, count, set: inner.set };
}

function watch<T>(activity: Activity<T>): { readonly seen: string[] } & Closable {
  const seen: string[] = [];
  const handle = activity.states.observe((s) =>
    seen.push(s.kind === 'ok' ? String(s.value) : s.kind === 'failed' ? `failed ${s.error.message}` : s.kind),
  );
  return { seen, close: () => handle.close() };
}

test('map follows all states; a function that throws makes it failed', () => {
  const { activity, set } = settable<number>();
  const { seen } = watch(activity.map((n) => (n === 0 ? assert.fail('zero') : 10 / n)));
  set(ok(5));
  set(ok(0));
  set(failed(new Error('gone')));
  set(ok(1));
  assert.deepEqual(seen, ['pending', '2', 'failed zero', 'failed gone', '10']);
});

test('flatMap follows the inner activity of the latest value only', () => {
  const outer = settable<'a' | 'b'>();
  const inner = { a: counted<number>(ok(1)), b: counted<number>(pending) };
  const { seen, close } = watch(outer.activity.flatMap((which) => inner[which].activity));
  outer.set(ok('a'));
  inner.a.set(ok(2));
  outer.set(ok('b'));
  inner.a.set(ok(3));
  inner.b.set(ok(9));
  close();
  assert.deepEqual(seen, ['pending', '1', '2', 'pending', '9']);
  assert.deepEqual(
    [inner.a.count, inner.b.count],
    [
      { starts: 1, stops: 1 },
      { starts: 1, stops: 1 },
    ],
  );
});

test('flatMap to the same inner activity does not stop and start it', () => {
  const outer = settable(ok(1));
  const inner = counted(ok('x'));
  const { close } = watch(outer.activity.flatMap(() => inner.activity));
  for (const n of [2, 3, 4]) outer.set(ok(n));
  assert.deepEqual(inner.count, { starts: 1, stops: 0 });
  close();
  assert.deepEqual(inner.count, { starts: 1, stops: 1 });
});

test('flatMap lets go of the inner activity while the outer one is pending or failed', () => {
  const outer = settable<number>(ok(1));
  const inner = counted(ok('x'));
  const { seen } = watch(outer.activity.flatMap(() => inner.activity));
  outer.set(pending);
  assert.deepEqual(inner.count, { starts: 1, stops: 1 });
  outer.set(failed(new Error('gone')));
  outer.set(ok(2));
  assert.deepEqual(inner.count, { starts: 2, stops: 1 });
  assert.deepEqual(seen, ['x', 'pending', 'failed gone', 'x']);
});

test('flatMap with a function that throws is failed, and recovers', () => {
  const outer = settable<number>(ok(0));
  const { seen } = watch(outer.activity.flatMap((n) => (n === 0 ? assert.fail('zero') : Activity.value(n))));
  outer.set(ok(1));
  assert.deepEqual(seen, ['failed zero', '1']);
});

test('an observer that changes the outer value from within ends with the newest inner one alone', () => {
  const outer = settable<number>(pending);
  const inners = [0, 1, 2].map((n) => counted(ok(n)));
  const seen: number[] = [];
  const handle = outer.activity
    .flatMap((n) => inners[n]?.activity ?? Activity.pending)
    .states.observe((s) => {
      if (s.kind !== 'ok') return;
      seen.push(s.value);
      if (s.value < 2) outer.set(ok(s.value + 1));
    });
  outer.set(ok(0));
  assert.deepEqual(seen, [0, 1, 2]);
  assert.deepEqual(
    inners.map(({ count }) => count.starts - count.stops),
    [0, 0, 1],
  );
  handle.close();
  assert.ok(inners.every(({ count }) => count.starts === count.stops));
});

test('an observer that closes itself from within leaves nothing running', () => {
  const outer = counted<number>(ok(0));
  const inner = counted(ok('x'));
  let handle = nothingToClose;
  handle = outer.activity
    .flatMap((n) => (n === 0 ? Activity.value('first') : inner.activity))
    .states.observe((s) => {
      if (s.kind === 'ok' && s.value === 'x') handle.close();
    });
  outer.set(ok(1));
  assert.deepEqual(outer.count, { starts: 1, stops: 1 });
  assert.deepEqual(inner.count, { starts: 1, stops: 1 });
});

test('stabilized keeps the last good value', () => {
  const { activity, set } = settable<number>();
  const { seen } = watch(activity.stabilized());
  set(failed(new Error('not yet')));
  set(ok(1));
  set(failed(new Error('gone')));
  set(pending);
  set(ok(2));
  assert.deepEqual(seen, ['pending', 'failed not yet', '1', '2']);
});

test('distinct swallows equal values, but not one after a failure', () => {
  const { activity, set } = settable<number>();
  const { seen } = watch(activity.distinct((a, b) => a % 10 === b % 10));
  for (const state of [ok(1), ok(11), ok(2), failed(new Error('gone')), ok(12)]) set(state);
  assert.deepEqual(seen, ['pending', '1', '2', 'failed gone', '12']);
});

test('an activity whose start throws is failed', () => {
  const { seen } = watch(
    Activity.from(() => {
      throw new Error('cannot start');
    }),
  );
  assert.deepEqual(seen, ['failed cannot start']);
});

test('a deferred activity is made anew for every time it is observed', () => {
  let made = 0;
  const activity = Activity.defer(() => Activity.value(++made));
  assert.deepEqual(watch(activity).seen, ['1']);
  const second = watch(activity);
  assert.deepEqual(second.seen, ['1']);
  assert.equal(made, 1);
});

test('collect is ok when all are, failed as soon as one is', () => {
  const [a, b] = [settable<number>(), settable<number>()];
  const { seen } = watch(Activity.collect([a.activity, b.activity]));
  a.set(ok(1));
  b.set(ok(2));
  a.set(failed(new Error('gone')));
  b.set(pending);
  a.set(ok(3));
  b.set(ok(4));
  assert.deepEqual(seen, ['pending', '1,2', 'failed gone', 'pending', '3,4']);
  assert.deepEqual(watch(Activity.collect([])).seen, ['']);
});

test('a join of one source over two ways sees both sides change at once', () => {
  const { activity, set } = settable(ok(0));
  const { seen } = watch(Activity.collect([activity.map((n) => n * 2), activity.map((n) => n * 2 + 1)]));
  set(ok(1));
  set(ok(2));
  assert.deepEqual(seen, ['0,1', '2,3', '4,5']);
});

test('joins of joins tell once as well', () => {
  const { activity, set } = settable(ok(1));
  const square = (): Activity<number> => Activity.collect([activity, activity]).map(([a = 0, b = 0]) => a * b);
  const { seen } = watch(Activity.collect([square(), activity, square()]));
  set(ok(2));
  assert.deepEqual(seen, ['1,1,1', '4,2,4']);
});

test('a join that was closed within the turn says nothing more', () => {
  const { activity, set } = settable(ok(1));
  let handle = nothingToClose;
  const joined = watch(Activity.collect([activity.map((n) => n + 1), activity]));
  activity.states.observe((s) => {
    if (s.kind === 'ok' && s.value === 2) handle.close();
  });
  handle = joined;
  set(ok(2));
  assert.deepEqual(joined.seen, ['2,1']);
});

test('whatever is observed and closed in whatever order, every start has its stop', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(5), fc.nat(2)), { maxLength: 40 }), (steps) => {
      const sources = [0, 1, 2].map(() => counted<number>(ok(0)));
      const [a, b, c] = sources.map((s) => s.activity) as [Activity<number>, Activity<number>, Activity<number>];
      const whole = Activity.collect([a.flatMap((n) => (n % 2 === 0 ? b : c)), b, a.map((n) => -n)]);
      const handles: Closable[] = [];
      for (const [what, which] of steps) {
        if (what === 0) handles.push(whole.states.observe(() => {}));
        else if (what === 1) handles.shift()?.close();
        else if (what === 2) sources[which]?.set(pending);
        else sources[which]?.set(ok(what));
      }
      for (const handle of handles) handle.close();
      for (const { count } of sources) assert.equal(count.starts, count.stops);
    }),
  );
});
