import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { value } from '#test/helpers/http1-message.ts';
import type { Linker } from '#test/helpers/linker.ts';
import { exchange } from '#test/helpers/raw-client.ts';
import { type ReceivedRequest, ScriptedOrigin } from '#test/helpers/scripted-origin.ts';
import { eventually } from '#test/helpers/within.ts';
import { hostOf, startRouter } from './fixture.ts';

let linker: Linker;
let origin: ScriptedOrigin;
before(async () => {
  [linker, origin] = await Promise.all([startRouter(), ScriptedOrigin.start()]);
});
after(async () => {
  await linker.close();
  await origin.close();
});

async function forwarded(start: string, lines: string): Promise<ReceivedRequest> {
  const before = origin.requests.length;
  const response = await exchange(linker.port, `${start} HTTP/1.1\r\n${lines}\r\n`);
  assert.equal(response.status, 200);
  assert.equal(origin.requests.length, before + 1);
  return origin.requests.at(-1) ?? assert.fail();
}

const absolute: readonly (readonly [target: string, expected: string])[] = [
  ['/a/b?c=d', '/a/b?c=d'],
  ['', '/'],
  ['?x=1', '/?x=1'],
  ['/', '/'],
  ['/http://other/', '/http://other/'],
];

for (const [rest, expected] of absolute) {
  test(`the target http://host${rest} goes on as ${expected}, its host as Host`, async () => {
    const received = await forwarded(`GET http://${hostOf(origin)}${rest}`, `Host: ${hostOf(origin)}\r\n`);
    assert.equal(received.target, expected);
    assert.equal(value(received, 'host'), hostOf(origin));
  });
}

test('linkerd1: absolute-form (http_proxy) requests: the authority of an absolute target wins over Host', async () => {
  const received = await forwarded(`GET http://${hostOf(origin)}/x`, 'Host: other.example\r\n');
  assert.equal(value(received, 'host'), hostOf(origin));
});

test('an absolute target needs no Host', async () => {
  assert.equal(value(await forwarded(`GET http://${hostOf(origin)}/x`, ''), 'host'), hostOf(origin));
});

test('the scheme is read in any case', async () => {
  assert.equal((await forwarded(`GET HTTP://${hostOf(origin)}/x`, 'Host: x\r\n')).target, '/x');
});

test('a name is kept with its port and case', async () => {
  linker.endpoints('Web.Example:8080', [origin.port]);
  const probe = 'GET / HTTP/1.1\r\nHost: Web.Example:8080\r\n\r\n';
  await eventually(
    async () => ((await exchange(linker.port, probe)).status === 200 ? true : undefined),
    'the name is routed',
  );
  assert.equal(value(await forwarded('GET http://Web.Example:8080/x', ''), 'host'), 'Web.Example:8080');
});

test('OPTIONS * passes, also as the absolute form without a path', async () => {
  assert.equal((await forwarded('OPTIONS *', `Host: ${hostOf(origin)}\r\n`)).target, '*');
  assert.equal((await forwarded(`OPTIONS http://${hostOf(origin)}`, '')).target, '*');
});

for (const target of ['/a%2Fb/../c//d?x=1&y=%zz;q[]=1|2^{}', '//double//', '/%00', "/~!@$&'()*+,;=:"]) {
  test(`the bytes of ${target} are not touched`, async () => {
    assert.equal((await forwarded(`GET ${target}`, `Host: ${hostOf(origin)}\r\n`)).target, target);
  });
}
