import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JuteWriter } from './jute.ts';
import * as wire from './protocol.ts';

const hex = (bytes: Buffer): string => bytes.toString('hex');

test('requests have the bytes that ZooKeeper reads', () => {
  assert.equal(
    hex(wire.connectRequest({ id: 5n, password: Buffer.from('ab') }, 7n, 10_000)),
    '0000001f' + '00000000' + '0000000000000007' + '00002710' + '0000000000000005' + '000000026162' + '00',
  );
  assert.equal(hex(wire.nodeRequest(3, 'getData', '/a')), '0000000f' + '00000003' + '00000004' + '000000022f61' + '01');
  assert.equal(
    hex(wire.removeWatchesRequest(4, '/')),
    '00000011' + '00000004' + '00000012' + '000000012f' + '00000003',
  );
  assert.equal(hex(wire.pingRequest), '00000008' + 'fffffffe' + '0000000b');
  assert.equal(hex(wire.closeRequest(9)), '00000008' + '00000009' + 'fffffff5');
});

test('a session is granted, or has expired', () => {
  const answer = (timeout: number): Buffer =>
    new JuteWriter().int(0).int(timeout).long(9n).buffer(Buffer.from('pw')).frame().subarray(4);
  assert.deepEqual(wire.readConnected(answer(4000)), {
    timeoutMs: 4000,
    session: { id: 9n, password: Buffer.from('pw') },
  });
  assert.equal(wire.readConnected(answer(0)), undefined);
});

test('a reply has its number, the newest transaction and an error; an event has a path', () => {
  const frame = new JuteWriter().int(-1).long(12n).int(-101).int(3).int(3).string('/a').frame().subarray(4);
  const { xid, zxid, error, body } = wire.readReply(frame);
  assert.deepEqual([xid, zxid, error, wire.readEvent(body)], [-1, 12n, -101, '/a']);
});
