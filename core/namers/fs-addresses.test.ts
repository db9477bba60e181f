import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { systemClock } from '../clock.ts';
import type { HostResolver } from '../host.ts';
import { addressWeightKey } from '../naming/name.ts';
import { settled } from '../reactive/settled.ts';
import { readAddresses } from './fs-addresses.ts';

const resolve: HostResolver = async (host) => {
  if (host === 'known.example') return ['2001:db8::1', '192.0.2.1', '192.0.2.2'];
  if (host === 'six.example') return ['2001:db8::6'];
  throw new Error('no such host');
};

async function read(text: string): Promise<string> {
  const state = await settled(readAddresses(text, resolve), systemClock, 1000);
  if (state.kind !== 'ok') return state.kind === 'failed' ? state.error.message : 'pending';
  assert.ok(state.value.kind === 'bound');
  return state.value.addresses
    .map((a) => `${a.host}:${a.port}${a.meta[addressWeightKey] === undefined ? '' : `*${a.weight}`}`)
    .join(' ');
}

test('a line is host and port, or those and a weight; blanks, empty lines and comments do not count', async () => {
  assert.equal(
    await read('# first\n10.0.0.1 80 # trailing\n\n  10.0.0.2\t81  \r\n127.1 80 * 0.5'),
    '10.0.0.1:80 10.0.0.2:81 127.0.0.1:80*0.5',
  );
  assert.equal(await read(''), '');
  assert.equal(await read('  \n# only a comment\n'), '');
  assert.equal(await read('1.2.3.4 +80 * -1.5e1\n::1 80'), '1.2.3.4:80*-15 ::1:80');
});

test('the same address counts once, unless its weights differ', async () => {
  assert.equal(
    await read('10.0.0.1 80\n10.0.0.1 80\n10.0.0.1 81\n10.0.0.1 80 * 2\n10.0.0.1 80 * 3'),
    '10.0.0.1:80 10.0.0.1:81 10.0.0.1:80*2 10.0.0.1:80*3',
  );
});

test('a malformed line fails the whole', async () => {
  for (const line of [
    '10.1.1.1',
    '10.1.1.1 http',
    '10.1.1.1 70000',
    '10.1.1.1 0',
    '10.1.1.1 -1',
    '10.1.1.1 80 90',
    '10.1.1.1 80 * heavy',
    '10.1.1.1:80',
    '10.1.1.1 80 *0.5',
    '10.1.1.1 80 * 1 1',
    '10.1.1.1 80 *',
  ]) {
    assert.equal(await read(`10.0.0.1 80\n ${line} # why\n`), `malformed address: ${line}`);
  }
});

test('names are resolved to one address each, IPv4 before IPv6; unknown ones are left out', async () => {
  assert.equal(
    await read('known.example 80\nunknown.example 81\n10.0.0.1 82\nsix.example 83'),
    '192.0.2.1:80 10.0.0.1:82 2001:db8::6:83',
  );
  assert.equal(await read('localhost 80'), '127.0.0.1:80');
});

test('any text is read or refused', async () => {
  const word = fc.constantFrom('10.0.0.1', '80', '*', '0.5', '#', ' ', '\n', '\r', 'x', '::1');
  await fc.assert(
    fc.asyncProperty(fc.array(word), async (words) => assert.notEqual(await read(words.join(' ')), 'pending')),
  );
});

test('names that are still being resolved are not waited for by one who went away', () => {
  let told = 0;
  readAddresses('known.example 80', resolve)
    .states.observe(() => (told += 1))
    .close();
  assert.equal(told, 1);
});
