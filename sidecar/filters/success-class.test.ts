import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, call } from '#test/helpers/exchanges.ts';
import { compose } from '../router/service.ts';
import { successClass } from './success-class.ts';

for (const [outcome, line] of [
  ['success', 'l5d-success-class: 1.0\r\n'],
  ['failure', 'l5d-success-class: 0.0\r\n'],
  ['retryable', 'l5d-success-class: 0.0\r\n'],
] as const) {
  test(`linkerd1: l5d-success-class: a ${outcome} is told as ${line.trim()}`, () => {
    const { x } = call();
    x.classify = () => outcome;
    compose([successClass], { send: (sent) => answer(sent, 200, (head) => (head.lines = 'A: b\r\n')) }).send(x);
    assert.equal(x.response?.lines, `A: b\r\n${line}`);
  });
}
