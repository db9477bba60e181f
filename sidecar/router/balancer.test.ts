import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { accrualCounters } from '#test/helpers/endpoints.ts';
import { answer, type CallOptions, call } from '#test/helpers/exchanges.ts';
import { type Addr, type Address, address, boundAddr, negAddr, weightedAddress } from '../../core/naming/name.ts';
import { failed, ok, pending, settable } from '../../core/reactive/activity.ts';
import { Counter, Stat } from '../../core/telemetry/metrics.ts';
import { Balancer } from './balancer.ts';
import { Budget } from './budget.ts';
import type { Share } from './choice.ts';
import type { AccrualPolicy, Endpoint, Load } from './endpoint.ts';
import { type FailureKind, MeshError } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { FailFast } from './fail-fast.ts';
import { Requeues } from './requeues.ts';
import type { Frame, Service } from './service.ts';
import { Timeouts } from './timeouts.ts';
import type { Transport } from './transport.ts';
import { WaitingRoom } from './waiting-room.ts';
import { type Chooser, WeightClasses } from './weight-classes.ts';

/** How an endpoint takes what it is sent: an answer, a failure, or nothing yet. */
type Behaviour = number | FailureKind | 'nothing';

const nowhere: Share = {
  upTo: 1,
  client: '/#/web',
  service: { send() {} },
  lines: '',
  residual: '',
  stats: { begin() {}, skip() {}, end() {} },
  unroutable: () => 'no endpoints',
};

/** Rotates over the endpoints, in the order of the list. */
function rotation(): Chooser {
  let next = 0;
  return { choose: (endpoints) => endpoints[next++ % endpoints.length] as Endpoint };
}

/** A balancer over endpoints that are ports; `events` tells what was opened, closed and sent where. */
function bench(
  options: {
    readonly choose?: Chooser;
    readonly budget?: number;
    readonly share?: number;
    readonly policy?: () => AccrualPolicy;
    readonly probation?: boolean;
    readonly reach?: ConstructorParameters<typeof FailFast>[0]['reach'];
  } = {},
) {
  const addr = settable<Addr>(pending);
  const clock = new ManualClock();
  const events: string[] = [];
  const behaviour = new Map<number, Behaviour>();
  const requeues = new Counter();
  const requeueStats = {
    requeues,
    budgetExhausted: new Counter(),
    requestLimit: new Counter(),
    cannotRetry: new Counter(),
    notOpen: new Counter(),
    perRequest: new Stat(),
  };
  const accrual = accrualCounters();
  const changes = { updates: new Counter(), adds: new Counter(), removes: new Counter() };
  const loads: { pending: number; readonly took: number[] }[] = [];
  const transport = ({ port }: Address): Transport => {
    events.push(`open ${port}`);
    return {
      send(x) {
        events.push(`to ${port}`);
        x.address = `10.0.0.1:${port}`;
        const how = behaviour.get(port) ?? 200;
        if (typeof how === 'number') answer(x, how);
        else if (how !== 'nothing') x.fail(new MeshError(how, `${how} at ${port}`));
      },
      close: () => events.push(`close ${port}`),
    };
  };
  const load = (): Load => {
    const made = { pending: 0, took: [] as number[] };
    loads.push(made);
    return {
      begin: () => {
        made.pending += 1;
      },
      end: (_, took) => {
        made.pending -= 1;
        made.took.push(took);
      },
      cost: () => made.pending,
    };
  };
  const attempts: Frame & { begun: number; ended: number } = {
    begun: 0,
    ended: 0,
    head: () => true,
    end() {
      this.ended += 1;
      return true;
    },
  };
  const inner = (next: Service): Service => ({
    send(x) {
      attempts.begun += 1;
      x.enter(attempts);
      next.send(x);
    },
  });
  const balancer = new Balancer(addr.activity, {
    clientName: '/#/web',
    transport,
    load,
    policy: options.policy ?? (() => undefined),
    accrual,
    classes: new WeightClasses(
      () => options.choose ?? rotation(),
      () => 0,
      new Counter(),
    ),
    probation: options.probation ?? false,
    failFast:
      options.reach &&
      new FailFast({
        clock,
        random: () => 0,
        reach: options.reach,
        markedDead: new Counter(),
        markedAvailable: new Counter(),
      }),
    changes,
    clock,
    room: new WaitingRoom(new Timeouts(10_000, clock), clock),
    inner,
    requeues: new Requeues(
      new Budget({ minRetriesPerSec: options.budget ?? 10, percentCanRetry: options.share ?? 0, ttlSecs: 10 }, clock),
      requeueStats,
    ),
  });
  const send = (request: CallOptions = {}) => {
    const sent = call({ clock, ...request });
    sent.x.share = nowhere;
    sent.x.path = '/svc/web';
    balancer.send(sent.x);
    return sent;
  };
  const become = (...ports: readonly number[]) => addr.set(ok(boundAddr(...ports.map((p) => address('10.0.0.1', p)))));
  return {
    addr,
    clock,
    events,
    behaviour,
    requeues,
    requeueStats,
    accrual,
    changes,
    loads,
    attempts,
    balancer,
    send,
    become,
  };
}

const sentTo = (events: readonly string[]): readonly string[] => events.filter((e) => e.startsWith('to '));

describe('while the endpoints are not known', () => {
  test('exchanges wait, and go in their order once they are', () => {
    const { become, events, loads, send } = bench();
    const callers = [send(), send()].map(({ caller }) => caller);
    become(1, 2);
    assert.deepEqual(events, ['open 1', 'open 2', 'to 1', 'to 2']);
    for (const { ends } of callers) assert.deepEqual(ends, [200]);
    assert.deepEqual(
      loads.map(({ pending: left }) => left),
      [0, 0],
    );
  });

  test('they fail where it cannot be known, and so does everyone after, until it is', () => {
    const { addr, become, send } = bench();
    const waiting = send();
    addr.set(failed(new Error('bad file')));
    const after = send();
    for (const { x, caller } of [waiting, after]) {
      assert.deepEqual(caller.ends, ['bindFailed']);
      assert.equal(x.error?.message, 'bad file');
    }
    become(1);
    assert.deepEqual(send().caller.ends, [200]);
  });

  test('they fail after the binding timeout', () => {
    const { clock, send } = bench();
    const { caller } = send();
    clock.advance(10_000);
    assert.deepEqual(caller.ends, ['bindTimeout']);
  });
});

describe('a cluster without endpoints', () => {
  for (const [what, addr] of [
    ['an empty one', boundAddr()],
    ['one that is not there', negAddr],
  ] as const) {
    test(`${what} is refused in the words of the share`, () => {
      const bed = bench();
      bed.addr.set(ok(addr));
      const { x, caller } = bed.send();
      assert.deepEqual(caller.ends, ['unbound']);
      assert.equal(x.error?.message, 'no endpoints');
    });
  }
});

describe('when the endpoints change', () => {
  test('those that stay keep their connections and load, those that go are closed, new ones open', () => {
    const { balancer, become, events } = bench();
    become(1, 2);
    const [, two] = balancer.endpoints;
    become(2, 3);
    assert.deepEqual(events, ['open 1', 'open 2', 'open 3', 'close 1']);
    assert.equal(balancer.endpoints[0], two);
  });

  test('an endpoint named twice is one endpoint', () => {
    const { balancer, become, events } = bench();
    become(1, 1);
    assert.equal(balancer.endpoints.length, 1);
    become(1);
    become();
    assert.deepEqual(events, ['open 1', 'close 1']);
  });

  test('another weight or other metadata makes another endpoint', () => {
    const { addr, events } = bench();
    addr.set(ok(boundAddr(address('10.0.0.1', 1))));
    addr.set(ok(boundAddr(weightedAddress('10.0.0.1', 1, 2))));
    addr.set(ok(boundAddr({ ...weightedAddress('10.0.0.1', 1, 2), meta: { authority: 'web' } })));
    assert.deepEqual(events, ['open 1', 'open 1', 'close 1', 'open 1', 'close 1']);
  });

  test('linkerd1: last-good addresses on failure: a failure or ignorance later keeps the last good ones', () => {
    const { addr, become, events, send } = bench();
    become(1);
    addr.set(failed(new Error('API down')));
    addr.set(pending);
    assert.deepEqual(send().caller.ends, [200]);
    assert.deepEqual(events, ['open 1', 'to 1']);
  });

  test('an attempt under way at an endpoint that goes is not disturbed', () => {
    const { become, behaviour, loads, send } = bench();
    behaviour.set(1, 'nothing');
    become(1);
    const { x, caller } = send();
    become(2);
    answer(x);
    assert.deepEqual(caller.ends, [200]);
    assert.equal(loads[0]?.pending, 0);
  });
});

describe('a connection that cannot be had', () => {
  test('is tried at another endpoint, and the caller does not notice', () => {
    const { become, behaviour, events, requeues, send } = bench();
    behaviour.set(1, 'connect');
    become(1, 2);
    const { x, caller } = send();
    assert.deepEqual(sentTo(events), ['to 1', 'to 2']);
    assert.deepEqual(caller.ends, [200]);
    assert.deepEqual([x.error, x.outcome, requeues.value], [undefined, 'success', 1]);
  });

  test('is tried again with any method and body, for nothing was sent', () => {
    const { become, behaviour, send } = bench({ budget: 0 });
    behaviour.set(1, 'connect');
    become(1, 2);
    assert.deepEqual(send({ method: 'POST', streamed: -1 }).caller.ends, [200]);
  });

  test('fails after 25 more tries, with every address and the one tried last', () => {
    const { become, behaviour, attempts, requeues, send } = bench({ budget: 0 });
    for (const port of [1, 2]) behaviour.set(port, 'connect');
    become(1, 2);
    const { x, caller } = send();
    assert.deepEqual(caller.ends, ['connect']);
    assert.deepEqual([attempts.begun, attempts.ended, requeues.value], [26, 26, 25]);
    assert.equal(
      x.error?.message,
      'Unable to establish connection to 10.0.0.1:2.\n\nservice name: /svc/web\nclient name: /#/web\n' +
        'addresses: [10.0.0.1:1, 10.0.0.1:2]\nselected address: 10.0.0.1:2\n',
    );
  });

  test('keeps the exchange from its caller until another endpoint has answered', () => {
    const { become, behaviour, send } = bench();
    behaviour.set(1, 'connect');
    behaviour.set(2, 'nothing');
    become(1, 2);
    const { x, caller } = send();
    assert.deepEqual(caller.ends, []);
    answer(x);
    assert.deepEqual([caller.ends, caller.responses.length], [[200], 1]);
  });

  test('is final where the last endpoint has gone meanwhile', () => {
    const { become, behaviour, loads, send } = bench();
    behaviour.set(1, 'nothing');
    become(1);
    const { x, caller } = send();
    become();
    x.refuse('connect', 'gone');
    assert.deepEqual(caller.ends, ['connect']);
    assert.equal(loads[0]?.pending, 0);
  });

  test('is not tried again once the request is over', () => {
    const { become, behaviour, events, send } = bench();
    behaviour.set(1, 'nothing');
    become(1, 2);
    const { x, caller } = send();
    x.over = true;
    x.abort(new MeshError('connect', 'gone meanwhile'));
    assert.deepEqual(sentTo(events), ['to 1']);
    assert.deepEqual(caller.ends, ['connect']);
  });
});

describe('a kept connection that the endpoint had closed', () => {
  test('is replaced at another endpoint where the method allows it', () => {
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']) {
      const { become, behaviour, send } = bench();
      behaviour.set(1, 'stale');
      become(1, 2);
      assert.deepEqual(send({ method }).caller.ends, [200], method);
    }
  });

  test('fails a request that may have been carried out, or that is not there any more', () => {
    for (const request of [{ method: 'POST' }, { method: 'PATCH' }, { method: 'FOO' }, { streamed: 10 }]) {
      const { become, behaviour, send } = bench();
      behaviour.set(1, 'stale');
      become(1, 2);
      assert.deepEqual(send(request).caller.ends, ['stale']);
    }
  });
});

describe('a refusal to process', () => {
  test('is sent to another endpoint, whatever the method', () => {
    const { become, behaviour, send } = bench();
    behaviour.set(1, 'nacked');
    become(1, 2);
    assert.deepEqual(send({ method: 'POST' }).caller.ends, [200]);
  });

  test('by all endpoints fails once the share of the budget for one request is used up', () => {
    const { attempts, become, behaviour, requeueStats, send } = bench();
    behaviour.set(1, 'nacked');
    become(1);
    assert.deepEqual(send().caller.ends, ['nacked']);
    assert.deepEqual([attempts.begun, requeueStats.requestLimit.value], [18, 1], 'a fifth of what is left of 100');
  });

  test('is paid for by the answers before it', () => {
    const { become, behaviour, send } = bench({ budget: 0, share: 0.5 });
    become(1);
    for (let i = 0; i < 2; i++) send();
    behaviour.set(1, 'nacked');
    const { x, caller } = send();
    assert.deepEqual([caller.ends, x.requeues], [['nacked'], 1]);
  });

  test('is not sent again without a budget for it', () => {
    for (const kind of ['nacked', 'stale'] as const) {
      const { attempts, become, behaviour, send } = bench({ budget: 0 });
      behaviour.set(1, kind);
      become(1, 2);
      assert.deepEqual(send().caller.ends, [kind]);
      assert.equal(attempts.begun, 1);
    }
  });
});

test('other failures and answers of any status are not sent again', () => {
  for (const how of ['reset', 'write', 'badResponse', 'attemptTimeout', 500, 503] as const) {
    const { become, behaviour, events, send } = bench();
    behaviour.set(1, how);
    become(1, 2);
    assert.deepEqual(send().caller.ends, [how]);
    assert.deepEqual(sentTo(events), ['to 1']);
  }
});

test('the load of an endpoint holds what is under way, and learns how long it took', () => {
  const { become, behaviour, clock, loads, send } = bench();
  behaviour.set(1, 'nothing');
  become(1);
  clock.advance(1000);
  const [{ x }, { x: other }] = [send(), send()];
  assert.equal(loads[0]?.pending, 2);
  clock.advance(30);
  answer(x);
  assert.deepEqual(loads[0], { pending: 1, took: [30] });
  clock.advance(10);
  other.refuse('reset', 'gone');
  assert.deepEqual(loads[0], { pending: 0, took: [30, 40] });
});

test('the chooser is asked only where there is a choice', () => {
  const asked: number[] = [];
  const choose: Chooser = {
    choose(endpoints) {
      asked.push(endpoints.length);
      return endpoints[0] as Endpoint;
    },
  };
  const { become, send } = bench({ choose });
  become(1);
  send();
  become(1, 2, 3);
  send();
  assert.deepEqual(asked, [3]);
});

test('closing closes every endpoint once and refuses who waits and who comes', () => {
  const { addr, balancer, become, events, send } = bench();
  const waiting: Exchange = send().x;
  balancer.close();
  assert.equal(waiting.error?.kind, 'evicted');
  addr.set(ok(boundAddr(address('10.0.0.1', 9))));
  assert.deepEqual(events, []);
  assert.deepEqual(send().caller.ends, ['bindFailed']);

  const other = bench();
  other.become(1, 2);
  other.balancer.close();
  other.balancer.close();
  assert.deepEqual(other.events, ['open 1', 'open 2', 'close 1', 'close 2']);
  become(1);
});

test('an IPv6 endpoint is shown in brackets', () => {
  const { addr, behaviour, send } = bench();
  behaviour.set(1, 'connect');
  addr.set(ok(boundAddr(address('::1', 1))));
  assert.match(send().x.error?.message ?? '', /addresses: \[\[::1\]:1\]/);
});

/** Dead for a second after each failure. */
const strict = (): AccrualPolicy => ({ succeeded() {}, failed: () => 1000, revived() {} });

describe('failure accrual', () => {
  test('leaves an endpoint alone, probes it once, and uses it again when that went well', () => {
    const { accrual, balancer, become, behaviour, clock, events, send } = bench({ policy: strict });
    become(1);
    behaviour.set(1, 500);
    send();
    assert.equal(balancer.endpoints[0]?.open(clock.now()), false);
    clock.advance(1000);
    assert.equal(balancer.endpoints[0]?.open(clock.now()), true, 'for one probe');
    behaviour.set(1, 'nothing');
    const { x } = send();
    assert.equal(balancer.endpoints[0]?.open(clock.now()), false, 'the probe is under way');
    answer(x);
    assert.equal(balancer.endpoints[0]?.open(clock.now()), true);
    const { removals, revivals, probes, removedForMs } = accrual;
    assert.deepEqual(
      [removals, revivals, probes, removedForMs].map((c) => c.value),
      [1, 1, 1, 1000],
    );
    assert.deepEqual(sentTo(events).length, 2);
  });

  test('of every endpoint makes a failed connection final', () => {
    const { become, behaviour, requeueStats, send } = bench({ policy: strict });
    for (const port of [1, 2]) behaviour.set(port, 'connect');
    become(1, 2);
    assert.deepEqual(send().caller.ends, ['connect']);
    assert.deepEqual([requeueStats.requeues.value, requeueStats.notOpen.value], [1, 1]);
  });

  test('is not moved by callers that give up', () => {
    const { balancer, become, behaviour, clock, send } = bench({ policy: strict });
    behaviour.set(1, 'nothing');
    become(1);
    send().x.abort(new MeshError('abandoned', 'gone'));
    assert.equal(balancer.endpoints[0]?.open(clock.now()), true);
  });
});

describe('an endpoint that has left the cluster', () => {
  test('is closed at once', () => {
    const { become, changes, events } = bench();
    become(1, 2);
    become(2);
    assert.deepEqual(events, ['open 1', 'open 2', 'close 1']);
    assert.deepEqual([changes.updates.value, changes.adds.value, changes.removes.value], [2, 2, 1]);
  });

  test('is kept on probation until it fails, where that is wanted', () => {
    const { balancer, become, behaviour, events, send } = bench({ probation: true, policy: strict });
    become(1, 2);
    become(2);
    assert.equal(balancer.endpoints.length, 2);
    behaviour.set(1, 500);
    for (let i = 0; i < 2; i++) send();
    assert.deepEqual(
      events.filter((e) => e.startsWith('close')),
      ['close 1'],
    );
    assert.equal(balancer.endpoints.length, 1);
  });

  test('is on probation no more once it is back', () => {
    const { balancer, become, behaviour, send } = bench({ probation: true, policy: strict });
    become(1, 2);
    become(2);
    become(1, 2);
    behaviour.set(1, 500);
    for (let i = 0; i < 2; i++) send();
    assert.equal(balancer.endpoints.length, 2);
  });
});

test('linkerd1: failFast: an endpoint that refused a connection gets nothing until it has been reached again', () => {
  let reached: ((ok: boolean) => void) | undefined;
  const { become, behaviour, clock, events, send } = bench({
    reach(_, done) {
      reached = done;
      return { close() {} };
    },
  });
  behaviour.set(1, 'connect');
  become(1);
  assert.deepEqual(send().caller.ends, ['connect']);
  const { x, caller } = send();
  assert.deepEqual(caller.ends, ['markedDown']);
  assert.match(x.error?.message ?? '', /^Endpoint #\/web is marked down\./);
  assert.deepEqual(sentTo(events), ['to 1']);
  clock.advance(1000);
  behaviour.set(1, 200);
  reached?.(true);
  assert.deepEqual(send().caller.ends, [200]);
});
