import { type Case, chunked, host, ok, passes, request, returns } from '../case.ts';

const old = (line: string, lines = '', body = ''): string => `${line} HTTP/1.0\r\n${host}${lines}\r\n${body}`;

/** 1xx answers and Expect (RFC 9110 §10.1.1, §15.2). */
export const interim: readonly Case[] = [
  {
    ...{
      n: 501,
      section: '9110 §10.1.1',
      must: 'who expects 100 gets it, or a final answer, before the content comes',
      side: 'request',
    },
    sends: [request('POST /', 'Expect: 100-continue\r\nContent-Length: 5\r\n'), { hear: 'HTTP/1.1 100 ' }, 'hello'],
    ...{ origin: [{ body: 'hello' }], caller: [{ status: 200, interim: [100] }], after: 'open' },
  },
  {
    ...{ n: 502, section: '9110 §10.1.1', must: 'also for chunks', side: 'request' },
    sends: [
      request('POST /', `Expect: 100-Continue\r\n${chunked()}`),
      { hear: 'HTTP/1.1 100 ' },
      '5\r\nhello\r\n0\r\n\r\n',
    ],
    ...{ origin: [{ body: 'hello' }], caller: [{ status: 200, interim: [100] }], after: 'open' },
  },
  {
    ...{ n: 503, section: '9110 §10.1.1', must: 'Expect of HTTP/1.0 is ignored', side: 'request' },
    sends: [old('POST /', 'Expect: 100-continue\r\nContent-Length: 5\r\n', 'hello')],
    ...{ origin: [{ body: 'hello', lacks: ['expect'] }], caller: [{ status: 200, interim: [] }], after: 'closed' },
  },
  passes(
    { n: 504, section: '9110 §10.1.1', must: 'no 100 where no content comes, and no expectation is sent on' },
    request('GET /', 'Expect: 100-continue\r\n'),
    { lacks: ['expect'] },
  ),
  {
    ...{
      n: 505,
      section: '9110 §10.1.1',
      must: 'behind a 100 there is a final answer, also where the origin does not take it',
      side: 'response',
    },
    sends: [
      request('POST /', `Expect: 100-continue\r\n${chunked()}`),
      { hear: 'HTTP/1.1 100 ' },
      '5\r\nhello\r\n0\r\n\r\n',
    ],
    answers: ['HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n'],
    ...{ origin: [{}], caller: [{ status: 417, interim: [100] }], after: 'open' },
  },
  returns(
    { n: 506, section: '9110 §15.2', must: '1xx goes on, and is not the answer' },
    `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 199 What\r\n\r\n${ok()}`,
    { status: 200, interim: [103, 199], lacks: ['link'] },
  ),
  returns(
    { n: 507, section: '9110 §15.2', must: 'a 100 that nobody asked for is not the answer' },
    `HTTP/1.1 100 Continue\r\n\r\n${ok()}`,
    { status: 200 },
  ),
  {
    ...{ n: 508, section: '9110 §15.2', must: 'HTTP/1.0 gets no 1xx', side: 'response' },
    sends: [old('GET /')],
    answers: [`HTTP/1.1 103 Early Hints\r\n\r\n${ok()}`],
    ...{ origin: [{}], caller: [{ status: 200, interim: [] }], after: 'closed' },
  },
  returns(
    { n: 509, section: '9112 §6.1', must: '1xx has no coding and no length' },
    `HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n${ok()}`,
    { status: 502 },
    { connections: 2 },
  ),
  returns(
    { n: 510, section: '9112 §6.3', must: 'a length of 1xx does not swallow the answer' },
    `HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\n${ok()}`,
    { status: 200, interim: [103], body: 'ok' },
  ),
  {
    ...{ n: 511, section: '9110 §15.2.1', must: 'an answer before the content goes on at once', side: 'response' },
    sends: [request('POST /', chunked()), { hear: 'too much' }, '5\r\nhello\r\n0\r\n\r\n'],
    answers: [{ send: ['HTTP/1.1 413 Too Large\r\nContent-Length: 8\r\n\r\ntoo much'], early: true }],
    ...{ origin: [{}], caller: [{ status: 413, body: 'too much' }], after: 'open' },
  },
  returns(
    { n: 512, section: '9110 §15.2', must: '1xx alone is no answer' },
    { send: ['HTTP/1.1 103 Early Hints\r\n\r\n', 30], end: 'fin' },
    { status: 502, interim: [103] },
  ),
];
