import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markdownTable } from './table.ts';

test('columns are as wide as their widest cell, numbers to the right', () => {
  const table = markdownTable(
    [
      { title: 'name', align: 'left', cell: (row: { name: string; n: number }) => row.name },
      { title: 'n', cell: (row) => String(row.n) },
    ],
    [
      { name: 'nginx', n: 7 },
      { name: 'ha', n: 1234 },
    ],
  );
  assert.equal(table, '| name  |    n |\n|-------|-----:|\n| nginx |    7 |\n| ha    | 1234 |\n');
});

test('a table without rows is its head', () => {
  assert.equal(markdownTable([{ title: 'a', cell: () => '' }], []), '| a |\n|--:|\n');
});
