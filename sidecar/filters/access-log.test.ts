import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, call } from '#test/helpers/exchanges.ts';
import { compose } from '../router/service.ts';
import { accessLog } from './access-log.ts';

function logged(protocol: 'http' | 'h2', lines: string, length: number): string[] {
  const log: string[] = [];
  const { x } = call({ uri: '/p?q=1', lines });
  compose([accessLog(protocol, (line) => log.push(line))], {
    send: (x) =>
      answer(x, 200, (head) => {
        head.length = length;
      }),
  }).send(x);
  return log;
}

test('linkerd1: access log with rotation: a line begins with Host and says what was asked and answered', () => {
  assert.deepEqual(logged('http', 'User-Agent: ua/1.0 "x"\r\nReferer: http://ref/\r\n', 2), [
    'web 127.0.0.1 - - [14/11/2023:22:13:20 UTC] "GET /p?q=1 HTTP/1.1" 200 2 "http://ref/" "ua/1.0 "x""',
  ]);
});

test('what is not known is a dash', () => {
  assert.deepEqual(logged('http', '', -1), [
    'web 127.0.0.1 - - [14/11/2023:22:13:20 UTC] "GET /p?q=1 HTTP/1.1" 200 - "-" "-"',
  ]);
});

test('HTTP/2 has its own zone, and no sizes', () => {
  assert.deepEqual(logged('h2', '', 2), [
    'web 127.0.0.1 - - [14/11/2023:22:13:20 +0000] "GET /p?q=1 HTTP/2" 200 - "-" "-"',
  ]);
});

test('an error of the mesh has no line', () => {
  const log: string[] = [];
  const { x } = call();
  compose([accessLog('http', (line) => log.push(line))], { send: (x) => x.refuse('unbound', 'no') }).send(x);
  assert.deepEqual(log, []);
});
