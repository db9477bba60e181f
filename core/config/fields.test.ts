import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type * as z from 'zod';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { showDtab } from '../naming/dtab.ts';
import {
  directory,
  dtab,
  file,
  fraction,
  ip,
  logLevel,
  millis,
  oneOrMore,
  path,
  port,
  regex,
  timeoutMs,
} from './fields.ts';

const complaint = (schema: z.ZodType, value: unknown): string | undefined =>
  schema.safeParse(value).error?.issues[0]?.message;

test('ports are 0 to 65535', () => {
  for (const good of [0, 80, 65535]) assert.equal(port.parse(good), good);
  for (const bad of [-1, 65536])
    assert.equal(complaint(port, bad), `${bad} outside valid range for ports, which is 0 to 65535`);
  assert.ok(!port.safeParse(80.5).success && !port.safeParse('80').success);
});

test('addresses are numeric', () => {
  for (const good of ['127.0.0.1', '0.0.0.0', '::1', 'fe80::1']) assert.equal(ip.parse(good), good);
  for (const bad of ['localhost', '127.1', '127.0.0.1:80', '[::1]', ''])
    assert.ok(complaint(ip, bad)?.includes(`'${bad}'`), bad);
});

test('a timeout of nothing or less is no timeout, a span of less than nothing is wrong', () => {
  assert.deepEqual(
    [timeoutMs.parse(100), timeoutMs.parse(0), timeoutMs.parse(-5), timeoutMs.parse(undefined)],
    [100, undefined, undefined, undefined],
  );
  assert.ok(millis.safeParse(0).success && !millis.safeParse(-1).success);
  assert.ok(fraction.safeParse(1).success && !fraction.safeParse(1.1).success);
});

test('paths and dtabs are read strictly, in the words of Linkerd', () => {
  assert.equal(path.parse('/x/y').show, '/x/y');
  assert.equal(complaint(path, '/x/'), "label char expected but end of input found at '/x/[]'");
  assert.equal(showDtab(dtab.parse('/a => /b; # c\n/c => 2 * /d & /e;\n')), '/a=>/b;/c=>2.00*/d & /e');
  assert.equal(complaint(dtab, '5'), "'/' expected but '5' found at '[5]'");
});

test('of a long dtab only the line that is wrong is quoted', () => {
  assert.equal(complaint(dtab, '/a => /b;\n  /c = /d;\n/e => /f'), "'>' expected but ' ' found at '/c =[ ]/d;'");
  assert.equal(complaint(dtab, '/a => /b;\n/c =>'), "simple expected but end of input found at '/c =>[]'");
});

test("Linkerd's log levels are cut down to those there are, in any case", () => {
  assert.deepEqual(
    ['ALL', 'TRACE', 'debug', 'Info', 'WARNING', 'ERROR', 'FATAL', 'CRITICAL', 'OFF'].map((l) => logLevel.parse(l)),
    ['debug', 'debug', 'debug', 'info', 'warn', 'error', 'error', 'error', 'silent'],
  );
  assert.match(complaint(logLevel, 'LOUD') ?? '', /^Illegal log level: LOUD, it is one of ALL TRACE DEBUG/);
});

test('files and directories have to be there', (t) => {
  const dir = temporaryDirectory(t);
  const there = join(dir, 'there');
  writeFileSync(there, '');
  assert.equal(directory.parse(dir), dir);
  assert.equal(file.parse(there), there);
  assert.equal(complaint(directory, there), `${there} is not a directory`);
  assert.equal(complaint(file, dir), `${dir} is not a file`);
  assert.equal(complaint(file, `${dir}/no`), `${dir}/no is not a file`);
  assert.equal(complaint(file, 'a\0b'), 'a\0b is not a file');
  assert.equal(complaint(directory, `${dir}/${'a'.repeat(5000)}`), `${dir}/${'a'.repeat(5000)} is not a directory`);
});

test('regular expressions are compiled, or the fault is told', () => {
  assert.ok(regex.parse('^/a.*$').test('/a/b'));
  assert.match(complaint(regex, '(') ?? '', /Unterminated group/);
});

test('one or a list of them is a list, but not an empty one', () => {
  const ports = oneOrMore(port, 'port');
  assert.deepEqual([ports.parse(1), ports.parse([1, 2])], [[1], [1, 2]]);
  assert.equal(complaint(ports, []), 'empty port list');
  assert.deepEqual(ports.optional().parse(undefined), undefined);
});
