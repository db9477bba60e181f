import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { type Bound, boundName } from '../../core/naming/name.ts';
import { Path } from '../../core/naming/path.ts';
import { Activity, pending } from '../../core/reactive/activity.ts';
import { Metrics } from '../../core/telemetry/metrics.ts';
import { Clients, type KeptClient } from './clients.ts';
import { LendingCache } from './lending-cache.ts';

const bound = (id: string, residual = '/'): Bound => boundName(Path.read(id), Path.read(residual), Activity.pending);

/** Clients that say when they open and close. */
function bench() {
  const events: string[] = [];
  const clock = new ManualClock();
  const cache = new LendingCache<KeptClient>({ size: 10, idleMs: 1000 }, clock, new Metrics());
  const clients = new Clients(({ id }) => {
    events.push(`open ${id.show}`);
    return { service: { send() {} }, usedAt: clock.now(), close: () => events.push(`close ${id.show}`) };
  }, cache);
  return { clients, clock, events };
}

test('one cluster has one client, whatever the residual', () => {
  const { clients, events } = bench();
  const one = clients.borrow(bound('/#/a'));
  const two = clients.borrow(bound('/#/a', '/rest'));
  assert.equal(one.value.service, two.value.service);
  assert.deepEqual(events, ['open /#/a']);
  assert.deepEqual(clients.states, [{ id: '/#/a', addr: pending }]);
});

test('a client outlives its last borrower as long as it was used of late', () => {
  const { clients, clock, events } = bench();
  clients.borrow(bound('/#/a')).close();
  assert.deepEqual(clients.states.length, 1);
  clock.advance(5000);
  assert.deepEqual([events, clients.states], [['open /#/a', 'close /#/a'], []]);
});

test('closing closes what nobody has', () => {
  const { clients, events } = bench();
  const loan = clients.borrow(bound('/#/a'));
  clients.borrow(bound('/#/b')).close();
  clients.close();
  assert.deepEqual(events.at(-1), 'close /#/b');
  loan.close();
});
