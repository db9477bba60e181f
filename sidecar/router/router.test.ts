import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { answering, type CallOptions, call } from '#test/helpers/exchanges.ts';
import { type Dtab, showDtab } from '../../core/naming/dtab.ts';
import type { Path } from '../../core/naming/path.ts';
import { Metrics } from '../../core/telemetry/metrics.ts';
import { MeshError } from './errors.ts';
import type { Exchange } from './exchange.ts';
import type { Identifier } from './identifier.ts';
import { IdleCache } from './idle-cache.ts';
import type { RequestHead } from './request-head.ts';
import { type PathService, Router } from './router.ts';

const byHost: Identifier = {
  identify: (head) => (head.host === '' ? undefined : `/svc/${head.host}`),
  reason: 'Host header is absent',
};

const never = (reason: string): Identifier => ({ identify: () => undefined, reason });

const throwing = (error: unknown): Identifier => ({
  identify() {
    throw error;
  },
  reason: '',
});

/** A router whose names all answer 200; `made` tells what it opened, `closed` what it closed. */
function bench(identifiers: readonly Identifier[] = [byHost], size = 100) {
  const clock = new ManualClock();
  const made: string[] = [];
  const closed: string[] = [];
  const origin = answering(200);
  const makePath = (path: Path, override: Dtab): PathService => {
    const name = `${path.show} by ${showDtab(override)}`;
    made.push(name);
    return { busy: false, clients: ['/#/a'], send: (x) => origin.send(x), close: () => closed.push(name) };
  };
  const paths = new IdleCache<PathService>({ size, idleMs: 60_000 }, clock, new Metrics());
  const router = new Router({ label: 'http', identifiers, paths, makePath, clock });
  const send = (options: CallOptions & { readonly head?: (head: RequestHead) => void } = {}) => {
    const sent = call({ clock, ...options });
    options.head?.(sent.x.request);
    router.send(sent.x);
    return sent;
  };
  return { router, made, closed, send };
}

/** How a request failed, in the router's words. */
const failure = (x: Exchange): string => `${x.error?.kind}: ${x.error?.message}`;

describe('identifying', () => {
  test('the first identifier that answers names the request', () => {
    const { send, made } = bench([never('no'), byHost, throwing(new Error('not asked'))]);
    const { x, caller } = send({ host: 'web' });
    assert.equal(x.path, '/svc/web');
    assert.deepEqual(made, ['/svc/web by ']);
    assert.deepEqual(caller.ends, [200]);
  });

  test('where none answers the caller is told why the last one did not', () => {
    const { send } = bench([never('first'), never('not enough segments in path')]);
    const { x } = send({ method: 'POST', uri: '/a?b' });
    assert.equal(
      failure(x),
      'unidentified: Unknown destination: Request("POST /a?b", from /127.0.0.1:4711) / not enough segments in path',
    );
  });

  test('an identifier may refuse for all, with its own words', () => {
    const { send } = bench([throwing(new MeshError('unidentified', 'bad path')), byHost]);
    assert.match(failure(send().x), /^unidentified: Unknown destination: Request\("GET \/", from .*\) \/ bad path$/);
  });

  test('what an identifier cannot cope with is a bad name', () => {
    assert.equal(failure(bench([throwing(new Error('empty segment'))]).send().x), 'badName: empty segment');
    assert.equal(failure(bench([throwing('text')]).send().x), 'badName: text');
    assert.equal(failure(bench([throwing(new MeshError('badName', 'no'))]).send().x), 'badName: no');
  });
});

describe('the path cache', () => {
  test('opens a name once', () => {
    const { send, made } = bench();
    send({ host: 'a' });
    send({ host: 'b' });
    send({ host: 'a' });
    assert.deepEqual(made, ['/svc/a by ', '/svc/b by ']);
  });

  test('opens a name once for each override, whatever header it came in', () => {
    const { send, made } = bench();
    send({ host: 'a' });
    const { x } = send({ host: 'a', head: (h) => (h.userDtab = '/x=>/y') });
    send({ host: 'a', head: (h) => (h.userDtab = ' /x => /y ; ') });
    send({ host: 'a', head: (h) => (h.ctxDtab = '/x => /y') });
    assert.equal(x.dtab, '/x=>/y');
    assert.deepEqual(made, ['/svc/a by ', '/svc/a by /x=>/y']);
  });

  test('is described by path, with the clusters behind each', () => {
    const { router, send } = bench();
    send({ host: 'a' });
    assert.deepEqual(router.describe(), [{ path: '/svc/a', clients: ['/#/a'] }]);
  });

  test('is closed with the router', () => {
    const { router, closed, send } = bench();
    send({ host: 'a' });
    router.close();
    assert.deepEqual(closed, ['/svc/a by ']);
  });
});

describe('override dtabs', () => {
  test('the context comes first, then what the user sent, each with all its lines', () => {
    const { send, made } = bench();
    const { x } = send({
      host: 'a',
      head(h) {
        h.ctxDtab = '/a => /1\r/b => /2';
        h.userDtab = '/c => /3\r/d => /4';
      },
    });
    assert.equal(x.dtab, '/a=>/1;/b=>/2;/c=>/3;/d=>/4');
    assert.deepEqual(made, ['/svc/a by /a=>/1;/b=>/2;/c=>/3;/d=>/4']);
  });

  test('two values that only read the same when run together stay apart', () => {
    const { send, made } = bench();
    send({ host: 'a', head: (h) => (h.ctxDtab = '/a => /1') });
    send({ host: 'a', head: (h) => (h.userDtab = '/a => /1') });
    send({
      host: 'a',
      head(h) {
        h.ctxDtab = '/a => /1';
        h.userDtab = '/a => /2';
      },
    });
    assert.deepEqual(made, ['/svc/a by /a=>/1', '/svc/a by /a=>/1;/a=>/2']);
  });

  test('one that cannot be read is refused before the request gets a name', () => {
    const { send, made } = bench();
    const { x, caller } = send({ head: (h) => (h.userDtab = '/a => ') });
    assert.deepEqual(caller.ends, ['badDtab']);
    assert.equal(x.path, '');
    assert.deepEqual(made, []);
  });

  test('a flood of different ones is served, and each name only kept while the cache holds it', () => {
    const { router, send, made, closed } = bench([byHost], 10);
    for (let i = 0; i < 2500; i++) {
      const { caller } = send({ host: 'a', head: (h) => (h.userDtab = `/a => /${i}`) });
      assert.deepEqual(caller.ends, [200]);
    }
    assert.equal(router.describe().length, 10);
    assert.deepEqual([made.length, closed.length], [2500, 2490]);
  });
});

describe('the limit of proxies passed', () => {
  for (const { via, depth, passes } of [
    { via: '', depth: 0, passes: true },
    { via: '1.1 a', depth: 1, passes: true },
    { via: '1.1 a, 1.1 b', depth: 1, passes: false },
    { via: '1.1 a, 1.0 b, 1.1 c', depth: 3, passes: true },
    { via: '1.1 a, 1.0 b, 1.1 c, h2 d', depth: 3, passes: false },
  ]) {
    test(`Via ${JSON.stringify(via)} ${passes ? 'passes' : 'is a loop'} where ${depth} are allowed`, () => {
      const { router } = bench();
      const { x, caller } = call();
      x.request.via = via;
      router.limited(depth).send(x);
      assert.deepEqual(caller.ends, [passes ? 200 : 'loop']);
      const text = `Maximum number of calls (${depth}) has been exceeded. Please check for proxy loops.`;
      if (!passes) assert.equal(x.error?.message, text);
    });
  }
});
