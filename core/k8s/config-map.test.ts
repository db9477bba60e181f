import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeApiServer } from '#test/helpers/fake-api-server.ts';
import { worldWith } from '#test/helpers/observed.ts';
import { eventually } from '#test/helpers/within.ts';
import { Api } from './api.ts';
import { configMapText } from './config-map.ts';

test('one text of one ConfigMap is followed, and told only when it changes', async (t) => {
  const fake = await FakeApiServer.start(t);
  const api = Api.of(worldWith({}), { host: '127.0.0.1', port: fake.port });
  const seen: (string | undefined)[] = [];
  const handle = configMapText(api, 'mesh', 'texts', 'a').states.observe((state) => {
    if (state.kind === 'ok') seen.push(state.value);
  });
  t.after(() => handle.close());
  const put = (data: object): void => fake.put('/api/v1/namespaces/mesh/configmaps/texts', { data });
  await eventually(() => (seen.length === 1 ? true : undefined), 'it is known that there is none');
  put({ a: 'one' });
  put({ a: 'one', b: 'more' });
  put({ b: 'more' });
  put({ a: 'two' });
  await eventually(() => (seen.at(-1) === 'two' ? true : undefined), 'the last text is seen');
  assert.deepEqual(
    seen.filter((text, i) => text === seen[i - 1] && i > 0),
    [],
  );
});
