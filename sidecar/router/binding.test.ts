import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { answering, call } from '#test/helpers/exchanges.ts';
import { type Bound, boundName } from '../../core/naming/name.ts';
import { empty, leaf, type NameTree, neg, union } from '../../core/naming/name-tree.ts';
import { Path } from '../../core/naming/path.ts';
import { Activity, failed, ok, pending, settable } from '../../core/reactive/activity.ts';
import { Binding } from './binding.ts';
import { type Share, shares } from './choice.ts';
import { MeshError } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { Timeouts } from './timeouts.ts';
import { WaitingRoom } from './waiting-room.ts';

const to = (id: string): NameTree<Bound> => leaf(boundName(Path.read(id), Path.empty, Activity.pending));
const half = (a: NameTree<Bound>, b: NameTree<Bound>): NameTree<Bound> =>
  union({ weight: 1, tree: a }, { weight: 1, tree: b });

/** A binding to clusters that answer at once; `events` tells what was borrowed, returned and sent where. */
function bench(options: { readonly roll?: number } = {}) {
  const name = settable<NameTree<Bound>>(pending);
  const clock = new ManualClock();
  const events: string[] = [];
  const share = (bound: Bound | undefined, upTo: number): Share => {
    const client = bound?.id.show ?? '$';
    const cluster = answering(200);
    events.push(`borrow ${client}`);
    return {
      upTo,
      client,
      service: {
        send(x: Exchange) {
          events.push(`${x.request.uri} to ${client}`);
          cluster.send(x);
        },
      },
      lines: '',
      residual: '',
      stats: { begin() {}, skip() {}, end() {} },
      unroutable: () => '',
    };
  };
  const binding = new Binding(name.activity, {
    shares(tree) {
      const list = shares(tree, share);
      return {
        list,
        close() {
          for (const { client } of list) events.push(`return ${client}`);
        },
      };
    },
    random: () => options.roll ?? 0,
    room: new WaitingRoom(new Timeouts(10_000, clock), clock),
    unroutable: () => 'leads nowhere',
  });
  const send = (uri: string) => {
    const { x, caller } = call({ uri });
    binding.send(x);
    return { x, ends: caller.ends };
  };
  return { name, clock, events, binding, send };
}

describe('requests to a name that is not bound yet', () => {
  test('wait, and go in their order once it is', () => {
    const { name, events, send } = bench();
    const all = ['/1', '/2', '/3'].map(send);
    assert.deepEqual(events, []);
    name.set(ok(to('/#/a')));
    assert.deepEqual(events, ['borrow /#/a', '/1 to /#/a', '/2 to /#/a', '/3 to /#/a']);
    for (const { ends } of all) assert.deepEqual(ends, [200]);
  });

  test('fail when the name cannot be bound, with the reason', () => {
    const { name, send } = bench();
    const waiting = send('/1');
    const reason = new Error('no such namer');
    name.set(failed(reason));
    for (const { x, ends } of [waiting, send('/2')]) {
      assert.deepEqual(ends, ['bindFailed']);
      assert.equal(x.error?.message, 'no such namer');
      assert.equal(x.error?.cause, reason);
    }
  });

  test('linkerd1: binding timeout and caches: fail after the binding timeout', () => {
    const { clock, send } = bench();
    const { ends } = send('/1');
    clock.advance(9999);
    assert.deepEqual(ends, []);
    clock.advance(1);
    assert.deepEqual(ends, ['bindTimeout']);
  });

  test('leave the queue when their callers go, and are sent nowhere', () => {
    const { name, events, send } = bench();
    const { x } = send('/1');
    send('/2');
    x.abort(new MeshError('abandoned', 'gone'));
    name.set(ok(to('/#/a')));
    assert.deepEqual(events, ['borrow /#/a', '/2 to /#/a']);
  });

  test('are refused when the router closes, and so is everyone after', () => {
    const { binding, send } = bench();
    const waiting = send('/1');
    binding.close();
    assert.deepEqual([waiting.ends, send('/2').ends], [['bindFailed'], ['bindFailed']]);
  });
});

describe('a name that is bound', () => {
  test('is served at once', () => {
    const { name, send } = bench();
    name.set(ok(to('/#/a')));
    assert.deepEqual(send('/1').ends, [200]);
  });

  test('linkerd1: weighted union: to a union is served by the share the roll falls to', () => {
    for (const [roll, client] of [
      [0.49, '/#/a'],
      [0.5, '/#/b'],
    ] as const) {
      const { name, events, send } = bench({ roll });
      name.set(ok(half(to('/#/a'), to('/#/b'))));
      send('/1');
      assert.equal(events.at(-1), `/1 to ${client}`);
    }
  });

  test('anew borrows the new clusters before it returns the old ones', () => {
    const { name, events, binding } = bench();
    name.set(ok(half(to('/#/a'), to('/#/b'))));
    events.length = 0;
    name.set(ok(half(to('/#/b'), to('/#/c'))));
    assert.deepEqual(events, ['borrow /#/b', 'borrow /#/c', 'return /#/a', 'return /#/b']);
    assert.deepEqual(binding.clients, ['/#/b', '/#/c']);
  });

  test('stays bound through a failure and through not knowing', () => {
    const { name, events, send } = bench();
    name.set(ok(to('/#/a')));
    name.set(failed(new Error('namer down')));
    assert.deepEqual(send('/1').ends, [200]);
    name.set(pending);
    assert.deepEqual(send('/2').ends, [200]);
    assert.ok(!events.includes('return /#/a'));
  });

  test('after a failure at first is served', () => {
    const { name, send } = bench();
    name.set(failed(new Error('namer down')));
    name.set(ok(to('/#/a')));
    assert.deepEqual(send('/1').ends, [200]);
  });

  for (const [what, tree] of [
    ['nowhere', neg],
    ['a place with no one home', empty],
  ] as const) {
    test(`to ${what} is refused in the words of the router`, () => {
      const { name, send } = bench();
      const waiting = send('/1');
      name.set(ok(tree));
      for (const { x, ends } of [waiting, send('/2')]) {
        assert.deepEqual(ends, ['unbound']);
        assert.equal(x.error?.message, 'leads nowhere');
      }
    });
  }

  test('that is closed returns its clusters once, and changes nothing any more', () => {
    const { name, events, binding } = bench();
    name.set(ok(to('/#/a')));
    binding.close();
    binding.close();
    name.set(ok(to('/#/b')));
    assert.deepEqual(events, ['borrow /#/a', 'return /#/a']);
    assert.deepEqual(binding.clients, []);
  });
});
