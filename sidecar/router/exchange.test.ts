import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { answer, call } from '#test/helpers/exchanges.ts';
import { MeshError } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { ResponseHead } from './response-head.ts';
import type { Frame } from './service.ts';

/** A frame that writes down its name; `keeps` what it keeps to itself. */
function frame(name: string, events: string[], keeps: 'head' | 'end' | undefined = undefined): Frame {
  return {
    head() {
      events.push(`${name}.head`);
      return keeps !== 'head';
    },
    end() {
      events.push(`${name}.end`);
      return keeps !== 'end';
    },
  };
}

function framed(...frames: readonly Frame[]): Exchange {
  const { x } = call();
  for (const f of frames) x.enter(f);
  return x;
}

describe('the way back', () => {
  test('goes through the frames, the innermost first', () => {
    const events: string[] = [];
    answer(framed(frame('outer', events), frame('inner', events)));
    assert.deepEqual(events, ['inner.head', 'outer.head', 'inner.end', 'outer.end']);
  });

  test('ends at a frame that keeps the response head: no one further out sees it', () => {
    const events: string[] = [];
    const x = framed(frame('outer', events), frame('keeper', events, 'head'), frame('inner', events));
    assert.equal(x.head(new ResponseHead()), false);
    assert.deepEqual(events, ['inner.head', 'keeper.head']);
  });

  test('may end at the outermost frame too', () => {
    const events: string[] = [];
    const { x, caller } = call();
    caller.head = () => false;
    x.enter(frame('inner', events));
    assert.equal(x.head(new ResponseHead()), false);
    assert.equal(x.committed, false);
  });

  test('ends at a frame that keeps the exchange, and goes on from there later', () => {
    const events: string[] = [];
    const x = framed(frame('outer', events), frame('keeper', events, 'end'), frame('inner', events));
    x.end();
    assert.deepEqual(events, ['inner.end', 'keeper.end']);
    x.end();
    assert.deepEqual(events, ['inner.end', 'keeper.end', 'outer.end']);
  });

  test('leaves every frame once', () => {
    const { x, caller } = call();
    x.end();
    x.end();
    assert.equal(caller.ends.length, 1);
    assert.equal(x.depth, 0);
  });
});

describe('an exchange', () => {
  test('knows when it began, when it was answered, and how', () => {
    const clock = new ManualClock();
    clock.advance(5);
    const { x } = call({ clock });
    clock.advance(7);
    answer(x, 404);
    assert.deepEqual([x.startedAt, x.respondedAt, x.status, x.outcome], [5, 12, 404, 'success']);
  });

  for (const [status, outcome] of [
    [200, 'success'],
    [499, 'success'],
    [500, 'failure'],
    [503, 'failure'],
  ] as const) {
    test(`without a service to ask, ${status} is a ${outcome}`, () => {
      const { x } = call();
      answer(x, status);
      assert.equal(x.outcome, outcome);
    });
  }

  test('begins with nothing decided', () => {
    const { x } = call({ uri: '/a' });
    assert.equal(x.request.uri, '/a');
    assert.deepEqual([x.over, x.again, x.committed, x.switched], [false, false, false, false]);
  });

  test('that was answered stays what it was by its head, though its body breaks off', () => {
    const clock = new ManualClock();
    const { x } = call({ clock });
    const head = new ResponseHead();
    head.status = 200;
    assert.equal(x.head(head), true);
    assert.equal(x.response, head);
    clock.advance(10);
    x.refuse('reset', 'broke off');
    assert.deepEqual([x.committed, x.outcome, x.respondedAt, x.error?.kind], [true, 'success', 0, 'reset']);
  });

  test('is judged anew by its trailers, and may add to them', () => {
    const { x } = call();
    x.classify = (judged) => (judged.trailers.includes('grpc-status: 0') ? 'success' : 'failure');
    x.head(new ResponseHead());
    assert.equal(x.outcome, 'failure');
    x.conclude = (judged) => `l5d: ${judged.outcome}\r\n`;
    assert.equal(x.completed('grpc-status: 0\r\n'), 'grpc-status: 0\r\nl5d: success\r\n');
  });

  test('without trailers stays what it was by its head', () => {
    const { x } = call();
    x.head(new ResponseHead());
    x.classify = () => assert.fail('judged twice');
    assert.equal(x.completed(''), '');
  });

  test('is judged by its own classifier', () => {
    const { x } = call();
    x.classify = (judged) => (judged.status === 418 ? 'retryable' : 'failure');
    answer(x, 418);
    assert.equal(x.outcome, 'retryable');
  });

  test('that fails is a failure with the time and reason of it', () => {
    const clock = new ManualClock();
    const { x, caller } = call({ clock });
    clock.advance(3);
    const cause = new Error('cause');
    x.refuse('unbound', 'nowhere', cause);
    assert.deepEqual([x.error?.kind, x.error?.message, x.error?.cause], ['unbound', 'nowhere', cause]);
    assert.deepEqual([x.respondedAt, x.outcome], [3, 'failure']);
    assert.deepEqual(caller.ends, ['unbound']);
  });

  for (const [what, options, replayable] of [
    ['without a body', {}, true],
    ['with a gathered body', { body: 'hello' }, true],
    ['with a streamed body', { streamed: 5 }, false],
    ['with a chunked body', { streamed: -1 }, false],
  ] as const) {
    test(`${what} can ${replayable ? '' : 'not '}be sent again`, () => {
      assert.equal(call(options).x.replayable, replayable);
    });
  }
});

describe('aborting', () => {
  test('takes the exchange from the stage that waits with it, once, and fails it', () => {
    const { x, caller } = call();
    const cancelled: Exchange[] = [];
    x.waiting = { cancel: (held) => cancelled.push(held) };
    x.abort(new MeshError('totalTimeout', 'late'));
    assert.deepEqual(cancelled, [x]);
    assert.equal(x.waiting, undefined);
    assert.deepEqual(caller.ends, ['totalTimeout']);
  });

  test('where no one waits just fails it', () => {
    const { x, caller } = call();
    x.abort(new MeshError('abandoned', 'gone'));
    assert.deepEqual(caller.ends, ['abandoned']);
  });

  test('after an end nothing is left to cancel', () => {
    const { x } = call();
    x.waiting = { cancel: () => assert.fail('cancelled after the end') };
    x.end();
    x.abort(new MeshError('abandoned', 'gone'));
  });
});
