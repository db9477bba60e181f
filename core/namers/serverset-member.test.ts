import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMember, readLeader, readMember } from './serverset-member.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('members are nodes of a certain name', () => {
  assert.ok(isMember('member_0000000001'));
  assert.ok(!isMember('vector_0000000001'));
});

test('a member is read for one endpoint; what is none is undefined', () => {
  const at = (port: number) => ({ host: 'h', port });
  const member = { serviceEndpoint: at(1), additionalEndpoints: { a: at(2), b: {} }, shard: 0 };
  const read = (value: unknown, name?: string) => readMember(bytes(JSON.stringify(value)), name);
  assert.deepEqual(read(member), at(1));
  assert.deepEqual(read(member, 'a'), at(2));
  assert.deepEqual(read({ ...member, status: 'ALIVE' }), at(1));
  for (const none of [
    read(member, 'b'),
    read(member, 'c'),
    read({ ...member, status: 'STOPPED' }),
    read(7),
    read(null),
  ])
    assert.equal(none, undefined);
  for (const bad of [at(0), at(65_536), { host: '', port: 1 }]) assert.equal(read({ serviceEndpoint: bad }), undefined);
  assert.equal(readMember(bytes('{'), undefined), undefined);
});

test('a leader is host and port, or a member', () => {
  assert.deepEqual(readLeader(bytes('web.example:80\n')), { host: 'web.example', port: 80 });
  assert.deepEqual(readLeader(bytes('[::1]:80')), { host: '::1', port: 80 });
  assert.deepEqual(readLeader(bytes('{"serviceEndpoint":{"host":"h","port":1}}')), { host: 'h', port: 1 });
  for (const none of ['', 'h', 'h:0', 'h:99999', ':80', 'a:b:80', 'a b:80'])
    assert.equal(readLeader(bytes(none)), undefined, none);
});
