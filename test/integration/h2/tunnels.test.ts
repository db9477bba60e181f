import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import type { Linker } from '#test/helpers/linker.ts';
import { within } from '#test/helpers/within.ts';
import { Client, Origin, startRouter } from './fixture.ts';

let linker: Linker;
let client: Client;
before(async () => {
  linker = await startRouter();
  client = await Client.connect(linker.port);
  await once(client.session, 'remoteSettings').catch(() => {});
});
after(async () => {
  client.close();
  await linker.close();
});

/** Answers every stream that asks for a tunnel, and sends back what it gets through it, in capitals. */
const echo = () =>
  Origin.start(
    (stream, headers) => {
      stream.respond({
        ':status': 200,
        'x-asked': `${headers[':method']} ${headers[':protocol']} ${headers[':path']}`,
      });
      stream.on('data', (bytes: Buffer) => stream.write(String(bytes).toUpperCase()));
      stream.on('end', () => stream.end('bye'));
    },
    { enableConnectProtocol: true },
  );

for (const [what, request, asked] of [
  [
    'an extended CONNECT',
    { ':method': 'CONNECT', ':protocol': 'websocket', ':scheme': 'http', ':path': '/chat' },
    'CONNECT websocket /chat',
  ],
  ['CONNECT', { ':method': 'CONNECT' }, 'CONNECT undefined undefined'],
] as const) {
  test(`linkerd1: raw TCP, WebSocket, CONNECT: ${what} carries bytes both ways until either side ends`, async () => {
    await using origin = await echo();
    const stream = client.session.request({ ...request, ':authority': origin.authority }, { endStream: false });
    const [headers] = await within(3000, once(stream, 'response'), () => 'the answer');
    assert.deepEqual([headers[':status'], headers['x-asked']], [200, asked]);
    let got = '';
    stream.on('data', (bytes) => (got += bytes));
    for (const word of ['one ', 'two ', 'three ']) {
      stream.write(word);
      await within(3000, once(stream, 'data'), () => `the echo of ${word}`);
    }
    stream.end();
    await within(3000, once(stream, 'close'), () => 'the end');
    assert.deepEqual([got, stream.rstCode], ['ONE TWO THREE bye', 0]);
  });
}
