import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { FakeMarathon } from '#test/helpers/fake-marathon.ts';
import { worldWith } from '#test/helpers/observed.ts';
import { marathonAuthority } from './marathon-auth.ts';

test('requests made together share a log-in; one that failed is tried again', async (t) => {
  const fake = await FakeMarathon.start(t);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const credential = {
    login_endpoint: `http://127.0.0.1:${fake.port}/login`,
    uid: 'linker',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
  const world = worldWith({ DCOS_SERVICE_ACCOUNT_CREDENTIAL: JSON.stringify(credential) });
  const authority = marathonAuthority(world, () => undefined);
  fake.token = 'not a\ntoken';
  await assert.rejects(authority(false));
  fake.token = 'good';
  const both = await Promise.all([authority(false), authority(false)]);
  assert.deepEqual(both, [{ authorization: 'token=good' }, { authorization: 'token=good' }]);
  assert.equal(fake.logins.length, 2);
  await authority(true);
  assert.equal(fake.logins.length, 3);
});

test('without anything in the environment nothing is sent', async () => {
  assert.deepEqual(await marathonAuthority(worldWith({}), () => undefined)(false), {});
});
