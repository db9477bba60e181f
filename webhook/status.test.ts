import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readStatus, showStatus } from './status.ts';

const joined = { version: '1', mode: 'node', containers: ['a'] } as const;

test('what was written is read again', () => {
  assert.deepEqual(readStatus(showStatus(joined)), joined);
});

test('anything else is no status of a joined pod', () => {
  for (const text of [
    undefined,
    '',
    '{',
    'null',
    '"x"',
    '[]',
    '{"mode":"node"}',
    showStatus({ version: '1', reason: 'windows' }),
  ]) {
    assert.equal(readStatus(text), undefined, text ?? 'absent');
  }
});
