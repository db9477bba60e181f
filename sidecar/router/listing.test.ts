import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyDtab } from '../../core/naming/dtab.ts';
import { readDtab } from '../../core/naming/parse.ts';
import { unroutable } from './listing.ts';

test('a caller whose name leads nowhere gets the name and both dtabs, an entry a line', () => {
  const text = unroutable(
    '/svc/web',
    readDtab('/svc => /#/fs ; /svc/a => /b | !'),
    readDtab('/svc => 1 * /c & 3 * /d'),
  );
  assert.equal(
    text,
    `Unable to route request!

service name: /svc/web
dtab:

base dtab:
  /svc => /#/fs
  /svc/a => /b | !
override dtab:
  /svc => /c & 3.00*/d
`,
  );
});

test('empty dtabs leave empty lines, as in Linkerd', () => {
  assert.equal(
    unroutable('/svc/web', emptyDtab, emptyDtab),
    'Unable to route request!\n\nservice name: /svc/web\ndtab:\n\nbase dtab:\n\noverride dtab:\n\n',
  );
});
