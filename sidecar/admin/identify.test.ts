import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminRequest } from '#test/helpers/admin-request.ts';
import type { RequestHead } from '../router/request-head.ts';
import { identifyRoute } from './identify.ts';

test('linkerd1: httpIdentifierPort: every router says what it would call the request, or why it has no name', async () => {
  const route = identifyRoute([
    { label: 'web', identify: (head: RequestHead) => `/svc/${head.host}` },
    {
      label: 'echo',
      identify: ({ method, uri, lines }: RequestHead) => `${method} ${uri} ${lines.split('\r\n').length - 1}`,
    },
    {
      label: 'none',
      identify: () => {
        throw new Error('not enough segments in path');
      },
    },
  ]);
  const { body } = await route.handle(
    adminRequest({
      method: 'PUT',
      path: '/a/b',
      query: new URLSearchParams('q=1'),
      headers: { host: 'web1', 'set-cookie': ['a', 'b'] },
    }),
  );
  assert.deepEqual(JSON.parse(body), {
    web: { path: '/svc/web1' },
    echo: { path: 'PUT /a/b?q=1 3' },
    none: { error: 'not enough segments in path' },
  });
});
