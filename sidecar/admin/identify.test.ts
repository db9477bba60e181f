import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDtab } from '#core/naming/parse.ts';
import { adminRequest } from '#test/helpers/admin-request.ts';
import type { RequestHead } from '../router/request-head.ts';
import { identifyRoute } from './identify.ts';

test('linkerd1: httpIdentifierPort: every router says what it would call the request, or why it has no name', async () => {
  const route = identifyRoute([
    { label: 'web', dtab: readDtab('/svc => /srv'), identify: (head: RequestHead) => `/svc/${head.host}` },
    {
      label: 'echo',
      dtab: [],
      identify: ({ method, uri, lines }: RequestHead) => `${method} ${uri} ${lines.split('\r\n').length - 1}`,
    },
    {
      label: 'none',
      dtab: [],
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
    web: { path: '/svc/web1', dtab: '/svc=>/srv' },
    echo: { path: 'PUT /a/b?q=1 3', dtab: '' },
    none: { error: 'not enough segments in path' },
  });
});
