import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { block, codeOf, data, type Fields, frame, type H2Peer, headers, reset } from '#test/helpers/h2-peer.ts';
import { h2Connected } from '#test/helpers/h2-transport.ts';
import { over } from '#test/helpers/http1-transport.ts';
import { Code, Flag, Type } from './frame.ts';

const ok: Fields = [[':status', '200']];
/** Answers the first request with these frames once it is here. */
const answering = (...frames: readonly string[]) => ({
  serve: async (peer: H2Peer) => {
    await peer.until(Type.headers, 1);
    peer.send(...frames);
  },
});

describe('fails as', () => {
  const bad: readonly (readonly [kind: string, what: string, code: number | undefined, frames: string])[] = [
    ['reset', 'a malformed head', Code.protocol, headers(1, [['x-a', '1']])],
    ['reset', '101', Code.protocol, headers(1, [[':status', '101']], false)],
    ['reset', 'an interim answer that ends', Code.protocol, headers(1, [[':status', '103']])],
    ['reset', 'a head larger than the limit', Code.protocol, headers(1, [...ok, ['x-a', 'a'.repeat(5000)]])],
    ['badResponse', 'DATA before the head', Code.protocol, data(1, 'x')],
    ['badResponse', 'an end before the head', Code.protocol, data(1, '', true)],
    [
      'badResponse',
      'a head of some length without a body',
      Code.protocol,
      headers(1, [...ok, ['content-length', '5']]),
    ],
    [
      'badResponse',
      'a short body that is too short',
      Code.protocol,
      headers(1, [...ok, ['content-length', '5']], false) + data(1, 'x', true),
    ],
    [
      'badResponse',
      'a short body that is too long',
      Code.protocol,
      headers(1, [...ok, ['content-length', '2']], false) + data(1, 'xyz'),
    ],
    ['reset', 'a reset', undefined, reset(1, Code.internal)],
    ['refused', 'a stream refused', undefined, reset(1, Code.refused)],
  ];
  for (const [kind, what, code, frames] of bad) {
    test(`${kind}: ${what}`, async () => {
      await using one = await h2Connected(answering(frames));
      const { caller } = one.send();
      assert.deepEqual(await over(caller), [kind]);
      assert.deepEqual(caller.responses, [], 'its caller has been told nothing');
      const resets = (await (await one.peer()).settled()).filter(({ type }) => type === Type.reset);
      assert.deepEqual(resets.map(codeOf), code === undefined ? [] : [code]);
    });
  }

  const begun: readonly (readonly [kind: string, what: string, frames: string])[] = [
    ['badResponse', 'a body longer than its length', data(1, 'x'.repeat(101))],
    ['badResponse', 'a body shorter than its length', data(1, 'x', true)],
    ['reset', 'trailers that do not end', frame(Type.headers, Flag.endHeaders, 1, block([['x-a', '1']]))],
    ['reset', 'trailers that are malformed', headers(1, [[':status', '200']])],
    ['reset', 'a reset', reset(1, Code.internal)],
    ['reset', 'a stream refused, too late', reset(1, Code.refused)],
  ];
  for (const [kind, what, frames] of begun) {
    test(`${kind}, behind the head: ${what}`, async () => {
      await using one = await h2Connected(answering(headers(1, [...ok, ['content-length', '100']], false), frames));
      const { caller, x } = one.send();
      await over(caller);
      assert.deepEqual([x.error?.kind, caller.responses.length, caller.finished], [kind, 1, undefined]);
    });
  }

  test('badResponse: a body to HEAD', async () => {
    await using one = await h2Connected(answering(headers(1, ok, false), data(1, 'x')));
    const { caller, x } = one.send({ method: 'HEAD' });
    await over(caller);
    assert.deepEqual([x.error?.kind, caller.body], ['badResponse', '']);
  });
});
