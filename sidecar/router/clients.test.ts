import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bound, boundName } from '../../core/naming/name.ts';
import { Path } from '../../core/naming/path.ts';
import { Activity, pending } from '../../core/reactive/activity.ts';
import { Counter } from '../../core/telemetry/metrics.ts';
import { Clients } from './clients.ts';

const bound = (id: string, residual = '/'): Bound => boundName(Path.read(id), Path.read(residual), Activity.pending);

/** Clients that say when they open and close. */
function bench(): { readonly clients: Clients; readonly events: string[]; readonly misses: Counter } {
  const events: string[] = [];
  const misses = new Counter();
  const clients = new Clients(({ id }) => {
    events.push(`open ${id.show}`);
    return { service: { send() {} }, close: () => events.push(`close ${id.show}`) };
  }, misses);
  return { clients, events, misses };
}

test('one cluster has one client, whatever the residual', () => {
  const { clients, events, misses } = bench();
  const one = clients.borrow(bound('/#/a'));
  const two = clients.borrow(bound('/#/a', '/rest'));
  assert.equal(one.service, two.service);
  assert.deepEqual(events, ['open /#/a']);
  assert.equal(misses.value, 1);
  assert.deepEqual(clients.states, [{ id: '/#/a', addr: pending }]);
});

test('a client is closed by its last borrower only', () => {
  const { clients, events } = bench();
  const one = clients.borrow(bound('/#/a'));
  const two = clients.borrow(bound('/#/a'));
  one.close();
  assert.deepEqual(events, ['open /#/a']);
  two.close();
  assert.deepEqual(events, ['open /#/a', 'close /#/a']);
  assert.deepEqual(clients.states, []);
});

test('a loan returned twice counts once', () => {
  const { clients, events } = bench();
  const one = clients.borrow(bound('/#/a'));
  clients.borrow(bound('/#/a'));
  one.close();
  one.close();
  assert.deepEqual(events, ['open /#/a']);
});

test('a client that was closed is made anew', () => {
  const { clients, events, misses } = bench();
  clients.borrow(bound('/#/a')).close();
  const again = clients.borrow(bound('/#/a'));
  assert.deepEqual(events, ['open /#/a', 'close /#/a', 'open /#/a']);
  assert.equal(misses.value, 2);
  again.close();
  assert.equal(events.at(-1), 'close /#/a');
});

test('different clusters have clients of their own', () => {
  const { clients, events } = bench();
  const a = clients.borrow(bound('/#/a'));
  const b = clients.borrow(bound('/#/b'));
  assert.notEqual(a.service, b.service);
  a.close();
  assert.deepEqual(
    clients.states.map(({ id }) => id),
    ['/#/b'],
  );
  assert.deepEqual(events, ['open /#/a', 'open /#/b', 'close /#/a']);
});
