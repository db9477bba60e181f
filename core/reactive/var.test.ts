import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { nothingToClose } from '../closable.ts';
import { Cell, constant, shared } from './var.ts';

/** A source that counts how often it was started and stopped. */
function counted() {
  const count = { starts: 0, stops: 0 };
  let set: (value: number) => void = () => {};
  const value = shared<number>(0, (setter) => {
    count.starts += 1;
    set = setter;
    return {
      close: () => {
        count.stops += 1;
      },
    };
  });
  return { count, value, set: (next: number) => set(next) };
}

test('an observer is told the value at once and every later one until it is closed', () => {
  const cell = new Cell(1);
  const seen: number[] = [];
  const handle = cell.observe((v) => seen.push(v));
  cell.set(2);
  cell.set(2);
  cell.set(3);
  handle.close();
  cell.set(4);
  assert.deepEqual(seen, [1, 2, 3]);
  assert.equal(cell.get(), 4);
});

test('two observers may share one function, and closing one leaves the other', () => {
  const cell = new Cell(1);
  const seen: number[] = [];
  const fn = (v: number): number => seen.push(v);
  const first = cell.observe(fn);
  cell.observe(fn);
  first.close();
  first.close();
  cell.set(2);
  assert.deepEqual(seen, [1, 1, 2]);
});

test('an observer that sets a newer value: all see it, none sees the older one after it', () => {
  const cell = new Cell(0);
  const [first, second]: [number[], number[]] = [[], []];
  cell.observe((v) => {
    first.push(v);
    if (v === 1) cell.set(2);
    if (v === 2) cell.set(3);
  });
  cell.observe((v) => second.push(v));
  cell.set(1);
  assert.deepEqual(first, [0, 1, 2, 3]);
  assert.deepEqual(second, [0, 3]);
});

test('a value set to and fro by an observer is not told twice', () => {
  const cell = new Cell('a');
  const seen: string[] = [];
  let once = true;
  cell.observe((v) => {
    if (v !== 'b' || !once) return;
    once = false;
    cell.set('c');
    cell.set('b');
  });
  cell.observe((v) => seen.push(v));
  cell.set('b');
  assert.deepEqual(seen, ['a', 'c', 'b']);
});

test('an observer closed by another in the same round is not told', () => {
  const cell = new Cell(0);
  const seen: number[] = [];
  let second = nothingToClose;
  cell.observe((v) => {
    if (v === 1) second.close();
  });
  second = cell.observe((v) => seen.push(v));
  cell.set(1);
  assert.deepEqual(seen, [0]);
});

test('an observer that comes in the midst of a round is told the value once', () => {
  const cell = new Cell(0);
  const seen: number[] = [];
  cell.observe((v) => {
    if (v === 1) cell.observe((w) => seen.push(w));
  });
  cell.set(1);
  assert.deepEqual(seen, [1]);
});

test('an observer that throws harms no other, and surfaces as an uncaught exception', () => {
  const script = `
    import { Cell } from '${import.meta.resolve('./var.ts')}';
    const cell = new Cell(0);
    cell.observe((v) => { if (v === 1) throw new Error('a faulty observer'); });
    cell.observe((v) => process.stdout.write('told ' + v + ' '));
    cell.set(1);
    process.stdout.write('set');`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(child.stdout, 'told 0 told 1 set');
  assert.match(child.stderr, /a faulty observer/);
  assert.notEqual(child.status, 0);
});

test('a constant tells its value', () => {
  const seen: number[] = [];
  constant(7)
    .observe((v) => seen.push(v))
    .close();
  assert.deepEqual(seen, [7]);
});

test('a shared source runs from the first observer to the last', () => {
  const { value, count } = counted();
  const first = value.observe(() => {});
  const second = value.observe(() => {});
  assert.deepEqual(count, { starts: 1, stops: 0 });
  first.close();
  first.close();
  assert.deepEqual(count, { starts: 1, stops: 0 });
  second.close();
  assert.deepEqual(count, { starts: 1, stops: 1 });
  value.observe(() => {}).close();
  assert.deepEqual(count, { starts: 2, stops: 2 });
});

test('a source that sets while it starts: the first observer never sees the initial value', () => {
  const value = shared<string>('initial', (set) => {
    set('one');
    set('two');
    return nothingToClose;
  });
  const seen: string[] = [];
  value.observe((v) => seen.push(v));
  assert.deepEqual(seen, ['two']);
});

test('what a stopped source sets is not heard, also not by those who come later', () => {
  const { value, set } = counted();
  const seen: number[] = [];
  value.observe((v) => seen.push(v)).close();
  set(1);
  value.observe((v) => seen.push(v));
  assert.deepEqual(seen, [0, 0]);
});

test('a source that observes itself while it starts is not started twice, nor stopped by that', () => {
  let starts = 0;
  let stops = 0;
  const value: ReturnType<typeof shared<number>> = shared<number>(0, (set) => {
    starts += 1;
    value.observe(() => {}).close();
    set(1);
    return { close: () => (stops += 1) };
  });
  const handle = value.observe(() => {});
  assert.deepEqual([starts, stops], [1, 0]);
  handle.close();
  assert.deepEqual([starts, stops], [1, 1]);
});

test('a source that fails to start is tried again for the next observer', () => {
  let broken = true;
  const value = shared<number>(0, (set) => {
    if (broken) throw new Error('cannot start');
    set(1);
    return nothingToClose;
  });
  assert.throws(() => value.observe(() => {}), /cannot start/);
  broken = false;
  const seen: number[] = [];
  value.observe((v) => seen.push(v));
  assert.deepEqual(seen, [1]);
});
