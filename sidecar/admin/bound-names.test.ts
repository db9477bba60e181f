import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import type { Namer } from '#core/naming/namer.ts';
import { Path } from '#core/naming/path.ts';
import { Activity } from '#core/reactive/activity.ts';
import { adminRequest } from '#test/helpers/admin-request.ts';
import { boundNamesRoute } from './bound-names.ts';

const namer = (names?: Activity<readonly string[]>): Namer => ({
  prefix: Path.of('n'),
  lookup: () => Activity.pending,
  ...(names && { names }),
});

test('the names of all namers that can list them, each once', async () => {
  const route = boundNamesRoute(
    [
      namer(Activity.value(['/#/b', '/#/a'])),
      namer(),
      namer(Activity.value(['/#/a'])),
      namer(Activity.failed(new Error('gone'))),
    ],
    new ManualClock(),
  );
  const { type, body } = await route.handle(adminRequest());
  assert.deepEqual([type, JSON.parse(body)], ['application/json', ['/#/a', '/#/b']]);
});

test('without such namers there are no names', async () => {
  assert.equal((await boundNamesRoute([namer()], new ManualClock()).handle(adminRequest())).body, '[]');
});

test('a listing that does not come is left out after two seconds', async () => {
  const clock = new ManualClock();
  const answer = boundNamesRoute([namer(Activity.pending), namer(Activity.value(['/#/a']))], clock).handle(
    adminRequest(),
  );
  clock.advance(2000);
  assert.equal((await answer).body, '["/#/a"]');
});
