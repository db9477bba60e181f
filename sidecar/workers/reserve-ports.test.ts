import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { reservePorts } from './reserve-ports.ts';

test('every server has a port, which is free', async () => {
  const ip = '127.0.0.1';
  const [one, two] = await reservePorts([
    {
      servers: [
        { ip, port: 0 },
        { ip, port: 0 },
      ],
    },
    { servers: [] },
  ]);
  assert.ok((one?.[0] ?? 0) > 0 && (one?.[1] ?? 0) > 0);
  assert.deepEqual(two, []);
  assert.deepEqual(await reservePorts([{ servers: [{ ip, port: one?.[0] ?? 0 }] }]), [[one?.[0]]]);
});

test('one that somebody has, shared or not, is none', async (t) => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen({ port: 0, host: '127.0.0.1', reusePort: true }, resolve));
  t.after(() => taken.close());
  const { port } = taken.address() as AddressInfo;
  await assert.rejects(reservePorts([{ servers: [{ ip: '127.0.0.1', port }] }]), /EADDRINUSE/);
});
