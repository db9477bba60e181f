import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordingLog } from '#test/helpers/recording-log.ts';
import { stateNow } from '#test/helpers/state-now.ts';
import { showDtab } from '../naming/dtab.ts';
import { Path } from '../naming/path.ts';
import { ok, settable } from '../reactive/activity.ts';
import { storedDtab, storedInterpreter } from './stored-dtab.ts';

test('a text is read once, and what it said is known although nothing was observed since', () => {
  const text = settable<string>();
  const log = recordingLog();
  const dtab = storedDtab(text.activity, 'here', log).map(showDtab);
  assert.deepEqual(stateNow(dtab), { kind: 'pending' });
  text.set(ok('/a => /b'));
  assert.deepEqual(stateNow(dtab), ok('/a=>/b'));
  assert.deepEqual(stateNow(dtab), ok('/a=>/b'));
  text.set({ kind: 'pending' });
  assert.deepEqual(stateNow(dtab), ok('/a=>/b'));
  assert.deepEqual(log.lines, [{ level: 'info', event: 'dtab read', fields: { source: 'here', dentries: 1 } }]);
});

test('an interpreter shows the table it binds by, once something was bound by it', () => {
  const text = settable<string>(ok('/a => /$/nil'));
  const dtab = storedDtab(text.activity, 's', recordingLog());
  const { stored, bind } = storedInterpreter({ kind: 'k', source: 's' }, dtab, { configured: [], utilities: [] });
  assert.deepEqual([stored?.kind, stored?.source, stored?.last()], ['k', 's', { kind: 'pending' }]);
  const handle = bind([], Path.read('/a')).states.observe(() => {});
  assert.deepEqual(stored?.last(), ok('/a=>/$/nil'));
  handle.close();
});
