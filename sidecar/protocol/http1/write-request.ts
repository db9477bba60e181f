// Hot.
import { writeTrace } from '../../../core/telemetry/trace.ts';
import type { Exchange } from '../../router/exchange.ts';
import { findLine } from '../../router/request-head.ts';
import { CHUNKED } from './parse-head.ts';

/**
 * The head of a request as it goes to the origin, as a byte string.
 *
 * A caller's HTTP/1.0 is passed on: an origin asked in 1.0 answers in a form such a caller understands.
 */
export function requestText(x: Exchange): string {
  const head = x.request;
  const version = head.minor === 1 ? '1.1' : '1.0';
  // Origins of HTTP/1.1 must get a Host, be it empty, and only one (RFC 9112 §3.2).
  const host = head.host === '' && head.minor === 1 && findLine(head.lines, 'host') === undefined ? 'Host: \r\n' : '';
  const via = head.via === '' ? `Via: ${x.via}\r\n` : `Via: ${head.via}, ${x.via}\r\n`;
  const framing =
    head.protocol !== ''
      ? `Connection: Upgrade\r\nUpgrade: ${head.protocol}\r\n`
      : head.method === 'CONNECT'
        ? '' // what follows is no body
        : x.bodyLength === 0
          ? 'content-length: 0\r\n'
          : x.bodyLength === CHUNKED
            ? 'transfer-encoding: chunked\r\n'
            : x.body === undefined
              ? `Content-Length: ${x.bodyLength}\r\n`
              : `Content-Length: ${x.bodyLength}\r\nfinagle-http-retryable-request: \r\n`;
  const deadline = x.attemptDeadline === '' ? '' : `l5d-ctx-deadline: ${x.attemptDeadline}\r\n`;
  const trace = x.attemptTrace;
  const context = trace === undefined ? '' : `l5d-ctx-trace: ${writeTrace(trace)}\r\n`;
  return `${head.method} ${head.uri} HTTP/${version}\r\n${host}${head.lines}${via}${framing}${x.share === undefined ? '' : x.share.lines}${x.context}${deadline}${context}\r\n`;
}
