import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exchange } from '#test/helpers/raw-client.ts';
import { routerBed } from '#test/helpers/router-bed.ts';
import { plain, type Script } from '#test/helpers/scripted-origin.ts';

const chunked = 'HTTP/1.1 200 OK\r\nX-A: 1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n';
const script: Script = async (request, reply) => {
  await request.body();
  if (request.target === '/chunked') await reply.send(chunked);
  else await reply.send(plain(200, request.target === '/large' ? 'x'.repeat(10_000) : 'ok'));
};

async function traced(lines: string, target = '/', method = 'TRACE') {
  await using bed = await routerBed({ dtab: '/svc => /nowhere | /host ; /host/web => ORIGIN', script });
  const { body } = await exchange(bed.port, `${method} ${target} HTTP/1.1\r\nHost: web\r\n${lines}\r\n`);
  const text = String(body)
    .replaceAll(String(bed.origin.port), 'PORT')
    .replace(/duration: \d+/, 'duration: N');
  return { text, requests: bed.origin.requests.length };
}

const context = 'l5d-add-context: true\r\n';
const block = `

--- Router: http ---
request duration: N ms
service name: /svc/web
client name: /$/inet/127.0.0.1/PORT
addresses: [127.0.0.1:PORT]
selected address: 127.0.0.1:PORT
dtab resolution:
  /svc/web
  /host/web (/svc=>/nowhere | /host)
  /$/inet/127.0.0.1/PORT (/host/web=>/$/inet/127.0.0.1/PORT)
`;

test('linkerd1: diagnostic TRACE says behind the answer what became of the request', async () => {
  for (const lines of [context, `${context}Max-Forwards: 5\r\n`])
    assert.equal((await traced(lines)).text, `ok${block}`);
});

test('linkerd1: diagnostic TRACE stands behind a streamed body too, and in place of a chunked one', async () => {
  assert.equal((await traced(context, '/large')).text, `${'x'.repeat(10_000)}${block}`);
  const { text } = await traced(context, '/chunked');
  assert.match(text, /X-A: 1\r\n[\s\S]*Diagnostic trace encountered chunked response\. Response content discarded\.\n/);
  assert.ok(text.endsWith(block));
});

test('linkerd1: diagnostic TRACE that may go no further is answered here', async () => {
  const { text, requests } = await traced(`${context}Max-Forwards: 0\r\n`);
  assert.equal(requests, 0);
  assert.match(
    text,
    /^\n\n--- Router: http ---\n[\s\S]*service name: \/svc\/web\n[\s\S]*resolution:\n {2}\/svc\/web\n/,
  );
});

test('without the header, for another method or with a bad Max-Forwards nothing is added', async () => {
  assert.equal((await traced('')).text, 'ok');
  assert.equal((await traced(context, '/', 'GET')).text, 'ok');
  assert.equal((await traced(`${context}Max-Forwards: x\r\n`)).text, 'Invalid value for Max-Forwards header');
});
