import assert from 'node:assert/strict';
import { HeadParser } from '#sidecar/protocol/http1/parse-head.ts';
import { requestText } from '#sidecar/protocol/http1/write-request.ts';
import type { Exchange } from '#sidecar/router/exchange.ts';
import { RequestHead } from '#sidecar/router/request-head.ts';

const parser = new HeadParser();
const limits = { line: 1 << 20, headers: 1 << 20 };

/** What would go to an HTTP/1 origin is the head of one request, and no byte more or less. */
export function isOneRequest(x: Exchange): void {
  const text = requestText(x);
  const bytes = Buffer.from(text, 'latin1');
  const end = parser.request(bytes, 0, bytes.length, limits, new RequestHead());
  assert.equal(end, bytes.length, `not one request: ${JSON.stringify(text)}`);
}
