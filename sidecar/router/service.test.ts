import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { answer, call, Desk } from '#test/helpers/exchanges.ts';
import { compose, type Filter, impossible, type Service } from './service.ts';

/** A filter that writes down each of its hooks. */
function filter(role: string, events: string[]): Filter {
  return {
    role,
    request: () => events.push(`${role}.request`),
    response: () => events.push(`${role}.response`),
    end: () => events.push(`${role}.end`),
  };
}

describe('a stack', () => {
  test('is entered in its order and left in the opposite one', () => {
    const events: string[] = [];
    const desk = new Desk();
    const service = compose([filter('a', events), filter('b', events)], desk);
    service.send(call().x);
    assert.deepEqual(events.splice(0), ['a.request', 'b.request']);
    answer(desk.last);
    assert.deepEqual(events, ['b.response', 'a.response', 'b.end', 'a.end']);
  });

  test('in front of a stack is left after it', () => {
    const events: string[] = [];
    const desk = new Desk();
    compose([filter('outer', events)], compose([filter('inner', events)], desk)).send(call().x);
    answer(desk.last);
    assert.deepEqual(events, [
      'outer.request',
      'inner.request',
      'inner.response',
      'outer.response',
      'inner.end',
      'outer.end',
    ]);
  });

  test('hears no response where the attempt failed, and still the end', () => {
    const events: string[] = [];
    const desk = new Desk();
    compose([filter('a', events)], desk).send(call().x);
    desk.last.refuse('reset', 'gone');
    assert.deepEqual(events, ['a.request', 'a.end']);
  });

  test('is left when a service behind it refuses, and the caller hears of it once', () => {
    const events: string[] = [];
    const { x, caller } = call();
    const refusing: Service = { send: (refused) => refused.refuse('unbound', 'nowhere') };
    compose([filter('a', events)], refusing).send(x);
    assert.deepEqual(events, ['a.request', 'a.end']);
    assert.deepEqual(caller.ends, ['unbound']);
  });

  test('skips hooks a filter does not have', () => {
    const events: string[] = [];
    const desk = new Desk();
    const service = compose(
      [
        { role: 'in', request: () => events.push('in') },
        { role: 'out', response: () => events.push('out') },
        { role: 'over', end: () => events.push('over') },
      ],
      desk,
    );
    service.send(call().x);
    answer(desk.last);
    assert.deepEqual(events, ['in', 'out', 'over']);
  });

  test('without filters is the next service itself', () => {
    const desk = new Desk();
    assert.equal(compose([], desk), desk);
  });

  test('serves many exchanges at a time, each with its own way back', () => {
    const ended: string[] = [];
    const desk = new Desk();
    const service = compose([{ role: 'who', end: (x) => ended.push(x.request.uri) }], desk);
    for (const uri of ['/1', '/2', '/3']) service.send(call({ uri }).x);
    const [one, two, three] = desk.sent;
    for (const x of [two, three, one]) if (x !== undefined) answer(x);
    assert.deepEqual(ended, ['/2', '/3', '/1']);
  });
});

test('an impossible service tells every exchange why', () => {
  const { x, caller } = call();
  impossible('bad budget').send(x);
  assert.deepEqual([caller.ends, x.error?.message], [['badName'], 'bad budget']);
});
