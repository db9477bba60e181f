import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeCa } from '#test/helpers/certs.ts';
import { Linker } from '#test/helpers/linker.ts';
import { attempt } from './smuggling/attempt.ts';
import { h2Attempt } from './smuggling/h2-attempt.ts';
import { h2Variants } from './smuggling/h2-variants.ts';
import { nodeOrigin, type RealOrigin, realOrigins } from './smuggling/origins.ts';
import { variants } from './smuggling/variants.ts';

// Requests that two readers might take for different ones, through the linker to real origins. Whatever the linker makes
// of them: the origin must see the requests that callers were answered for, each once, and nobody another's answer.

let linker: Linker;
let origins: readonly RealOrigin[] = [];
before(async () => {
  const { cert, key } = makeCa('mesh').issue({ cn: 'far.test', dns: ['far.test'] });
  [origins, linker] = await Promise.all([
    realOrigins(),
    Linker.start({
      ports: 2,
      files: { 'tls/cert.pem': cert, 'tls/key.pem': key },
      config: ({ dir, ports, admin }) => `
admin: { ip: 127.0.0.1, port: ${admin} }
routers:
- protocol: http
  dtab: /inet => /$/inet ; /svc => /$/io.buoyant.hostportPfx/inet
  servers:
  - { ip: 127.0.0.1, port: ${ports[0]} }
  - { ip: 127.0.0.1, port: ${ports[1]}, multiplex: true, tls: { certPath: ${dir}/tls/cert.pem, keyPath: ${dir}/tls/key.pem } }
`,
    }),
  ]);
});
after(async () => {
  await linker?.close();
  await Promise.all(origins.map((origin) => origin.close()));
});

const classes = [...new Set(variants.map((one) => one.class))];

/** All variants of a class against an origin, those that wait at the same time; what was wrong. */
async function failures(name: string, origin: RealOrigin): Promise<readonly string[]> {
  const mine = variants.filter((one) => one.class === name);
  const told = async (one: (typeof mine)[number]) =>
    (await attempt(one, origin, linker.ports[0] ?? 0)).map((wrong) => `${one.name}: ${wrong}`);
  if (name === 'pause') return (await Promise.all(mine.map(told))).flat();
  const wrong: string[] = [];
  for (const one of mine) wrong.push(...(await told(one)));
  return wrong;
}

test('the table is large enough', () => {
  const count = (name: string) => variants.filter((one) => one.class === name).length;
  assert.ok(count('TE.TE') >= 160, `${count('TE.TE')} of TE.TE`);
  assert.ok(variants.length >= 400 && h2Variants.length >= 80, `${variants.length} and ${h2Variants.length}`);
});

test('a request that does get through as two is noticed', async () => {
  const origin = await nodeOrigin();
  // No variant: four bytes are the body, and what follows is a request for the linker too.
  const lines = 'Transfer_Encoding: chunked\r\nContent-Length: 4\r\n';
  const bytes = [
    `POST /attack-{id} HTTP/1.1\r\nHost: {host}\r\n${lines}\r\n`,
    'xxxxGET /smuggled-{id} HTTP/1.1\r\nHost: {host}\r\n\r\n',
  ];
  const control = { class: 'none', name: 'control', method: 'POST', bytes };
  const wrong = await attempt(control, origin, linker.ports[0] ?? 0);
  await origin.close();
  assert.match(wrong.join('\n'), /\/probe-\d+ was answered with "\/smuggled-\d+"/);
  assert.match(wrong.join('\n'), /the origin saw \/smuggled-\d+, 1 times/);
});

for (const [i, name] of ['node:http', 'nginx', 'HAProxy'].entries()) {
  describe(`to ${name}`, () => {
    const origin = (): RealOrigin => origins[i] ?? assert.fail(`no ${name}`);
    for (const one of classes) test(one, async () => assert.deepEqual(await failures(one, origin()), []));

    test('HTTP/2 that is turned into HTTP/1.1', async () => {
      const wrong: string[] = [];
      for (const one of h2Variants) {
        const told = await h2Attempt(one, origin(), linker.ports[1] ?? 0);
        wrong.push(...told.map((each) => `${one.class}, ${one.name}: ${each}`));
      }
      assert.deepEqual(wrong, []);
    });

    test('in the end the origin has seen nothing but what callers sent', () => {
      const strange = origin()
        .seen()
        .filter((line) => !/^[A-Za-z]+ \/(attack|early|probe|victim)-\d+[ab]?$/.test(line));
      assert.deepEqual(strange, []);
    });
  });
}
