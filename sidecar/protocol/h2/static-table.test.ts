import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entry, staticNames, staticTable } from './static-table.ts';

test('the table is that of RFC 7541 Appendix A', () => {
  const at = (index: number) => {
    const { name, value } = staticTable[index - 1] ?? assert.fail();
    return [name, value];
  };
  assert.equal(staticTable.length, 61);
  assert.deepEqual(at(1), [':authority', '']);
  assert.deepEqual(at(2), [':method', 'GET']);
  assert.deepEqual(at(7), [':scheme', 'https']);
  assert.deepEqual(at(8), [':status', '200']);
  assert.deepEqual(at(14), [':status', '500']);
  assert.deepEqual(at(16), ['accept-encoding', 'gzip, deflate']);
  assert.deepEqual(at(31), ['content-type', '']);
  assert.deepEqual(at(32), ['cookie', '']);
  assert.deepEqual(at(38), ['host', '']);
  assert.deepEqual(at(46), ['location', '']);
  assert.deepEqual(at(58), ['user-agent', '']);
  assert.deepEqual(at(61), ['www-authenticate', '']);
});

test('a name leads to its first entry', () => {
  for (const { name } of staticTable)
    assert.equal(staticNames.get(name), staticTable.findIndex((e) => e.name === name) + 1);
});

test('an entry weighs its bytes and 32 more', () => {
  assert.deepEqual(entry('a', 'bc'), { name: 'a', value: 'bc', line: 'a: bc\r\n', size: 35, good: false });
});
