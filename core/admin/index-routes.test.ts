import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminRequest } from '#test/helpers/admin-request.ts';
import { indexRoutes } from './index-routes.ts';
import { ok, plainText, type Route } from './route.ts';

const route = (path: string): Route => ({ path, category: 'ui', handle: () => ok(plainText, '') });

test('the index lists every path once, in order', async () => {
  const [admin, text, help] = indexRoutes([route('/b'), route('/a'), route('/b')], []);
  assert.equal((await admin?.handle(adminRequest()))?.body, '/a\n/b\n');
  assert.equal((await text?.handle(adminRequest()))?.body, '/a\n/b\n');
  assert.match((await help?.handle(adminRequest()))?.body ?? '', /href="\/a"[\s\S]*href="\/b"/);
});
