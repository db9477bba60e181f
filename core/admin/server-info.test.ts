import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminRequest } from '#test/helpers/admin-request.ts';
import { ManualClock } from '../clock.ts';
import { serverInfoRoute } from './server-info.ts';

test('server_info has name, version, and how long the process has run in milliseconds', async () => {
  const clock = new ManualClock();
  const route = serverInfoRoute('linker', '1.2.3', clock);
  clock.advance(2500);
  const { type, body } = await route.handle(adminRequest());
  assert.equal(type, 'application/json;charset=UTF-8');
  const { name, version, uptime, start_time } = JSON.parse(body);
  assert.deepEqual([name, version, uptime], ['linker', '1.2.3', 2500]);
  assert.equal(Date.parse(start_time), clock.wall() - 2500 - ((clock.wall() - 2500) % 1000));
});
