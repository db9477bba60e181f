import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import * as z from 'zod';
import { dtab, ip, oneOrMore, path, port } from './fields.ts';
import { load } from './load.ts';
import { obsolete, planned, plannedExcept } from './planned.ts';
import { ConfigError } from './problem.ts';

const schema = z.strictObject({
  label: z.string().default('none'),
  on: z.boolean().optional(),
  size: z.int().optional(),
  dtab: dtab.default([]),
  prefix: path.optional(),
  servers: z.array(z.strictObject({ port: port.default(4140), ip: ip.optional() })).default([]),
  identifier: oneOrMore(z.strictObject({ kind: z.string() }), 'identifier').optional(),
  failureAccrual: planned,
  failFast: plannedExcept(false),
  maxRequestKB: obsolete('bodies are streamed'),
});

const read = (text: string) => load(text, 'f.yaml', schema);

/** The problems of a text, one line each. */
function problems(text: string): string[] {
  try {
    read(text);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.message.split('\n');
  }
}

test('linkerd1: YAML and JSON: YAML and JSON give the same value, with the defaults filled in', () => {
  const value = read('label: a\nservers:\n- ip: 127.0.0.1\n').value;
  assert.deepEqual(value.servers, [{ port: 4140, ip: '127.0.0.1' }]);
  assert.deepEqual(read('{"label": "a", "servers": [{"ip": "127.0.0.1"}]}').value, value);
  assert.deepEqual(read('\n\t {\n\t"label":\t"a",\r\n\t"servers": [ {"ip": "127.0.0.1"}\n]}').value, value);
});

test('all problems come at once, each with its place, its key, what is wrong and what is allowed', () => {
  const text = `labl: 5
on: "yes"
failureAccrual: {a: 1}
failFast: true
servers:
- port: 70000
  ip: localhost
- ~
- port: 1.5
  nope:
identifier: []
dtab: |
  /a => /b; # fine
  /c = /d;
prefix: a
`;
  assert.deepEqual(problems(text), [
    'f.yaml:1:1: labl: unknown key (did you mean label?): allowed here are label, on, size, dtab, prefix, servers, identifier, failFast',
    "f.yaml:2:5: on: 'yes' is not true or false",
    'f.yaml:3:17: failureAccrual: failureAccrual is a Linkerd 1.x key that Heddle does not have yet',
    'f.yaml:4:11: failFast: only false works so far: failFast is a Linkerd 1.x key that Heddle does not have yet',
    'f.yaml:6:9: servers[0].port: 70000 outside valid range for ports, which is 0 to 65535',
    "f.yaml:7:7: servers[0].ip: 'localhost' is not an IP address such as 127.0.0.1 or ::1",
    'f.yaml:8:3: servers[1]: null is not a section of keys',
    'f.yaml:9:9: servers[2].port: 1.5 is not a whole number',
    'f.yaml:10:3: servers[2].nope: unknown key: allowed here are port, ip',
    'f.yaml:11:13: identifier: empty identifier list',
    "f.yaml:14:7: dtab: '>' expected but ' ' found at '/c =[ ]/d;'",
    "f.yaml:15:9: prefix: '/' expected but 'a' found at '[a]'",
  ]);
});

test('linkerd1: block scalar dtabs |, >- with comments after the header: a problem within a dtab is pointed at however the dtab is written', () => {
  const at = (text: string): string => problems(text)[0]?.split(':').slice(1, 3).join(':') ?? '';
  assert.equal(at('dtab: /a/ => /b'), '1:10');
  assert.equal(at('dtab: "/a/ => /b"'), '1:11');
  assert.equal(at('dtab: |-  # comment\n    /a => /b;\n    /a/ => /b'), '3:8');
  assert.equal(at('dtab: >-\n  /a => /b;\n  /a/ => /b'), '3:6');
  assert.equal(at('dtab:\n  /a => /b;\n  /a/ => /b'), '3:6');
  assert.equal(at('dtab: |\r\n  /a => /b;\r\n  /a/ => /b\r\n'), '3:6');
  assert.equal(at('{"dtab": "/a => /b;\\n/a/ => /b"}'), '1:25');
  assert.equal(at('dtab: /a =>'), '1:12');
});

test('one thing that stands for a list of one is reported where it stands', () => {
  assert.deepEqual(problems('identifier: {kindd: a}'), [
    'f.yaml:1:13: identifier.kind: is required: a text',
    'f.yaml:1:14: identifier.kindd: unknown key (did you mean kind?): allowed here are kind',
  ]);
});

test('a bare scalar is read as its key needs it, a quoted one is not', () => {
  const { value } = read('label: 1.50\non: Yes\n');
  assert.deepEqual([value.label, value.on], ['1.50', true]);
  assert.equal(read('label: true').value.label, 'true');
  assert.equal(read('on: off').value.on, false);
  assert.deepEqual(problems('size: "5"'), ["f.yaml:1:7: size: '5' is not a whole number"]);
  assert.deepEqual(problems('on: perhaps'), ["f.yaml:1:5: on: 'perhaps' is not true or false"]);
});

test('a key without a value is as good as not set, but a wrong key stays wrong', () => {
  assert.equal(read('label:\ndtab: ~\nservers: null').value.label, 'none');
  assert.deepEqual(problems('nope:').length, 1);
});

test('an obsolete key is a warning, with its place', () => {
  const { value, warnings } = read('label: a\nmaxRequestKB: 10\n');
  assert.equal(value.label, 'a');
  assert.deepEqual(warnings, [
    { line: 2, column: 15, key: 'maxRequestKB', text: 'ignored: bodies are streamed', late: false },
  ]);
});

test('remarks of the caller become warnings, with their places', () => {
  const { warnings } = load('label: a\nservers: [{port: 80}]', 'f.yaml', schema, () => [
    { path: ['servers', 0, 'port'], text: 'odd' },
    { path: ['servers', 0, 'ip'], text: 'missing' },
  ]);
  assert.deepEqual(
    warnings.map(({ line, column, key, text }) => [line, column, key, text]),
    [
      [2, 11, 'servers[0].ip', 'missing'],
      [2, 18, 'servers[0].port', 'odd'],
    ],
  );
});

test('what was written is kept without defaults', () => {
  assert.deepEqual(JSON.parse(JSON.stringify(read('label: 5\nservers: [{ip: ::1}]').written)), {
    label: '5',
    servers: [{ ip: '::1' }],
  });
});

test('an empty file, a list and a word are no configuration', () => {
  assert.deepEqual(problems(''), ['f.yaml:1:1: the file is empty']);
  assert.deepEqual(problems('# only a comment\n'), ['f.yaml:1:1: the file is empty']);
  assert.deepEqual(problems('[]'), ['f.yaml:1:1: a list is not a section of keys']);
  assert.deepEqual(problems('hello'), ["f.yaml:1:1: 'hello' is not a section of keys"]);
});

test('linkerd1: duplicate keys rejected: duplicate keys, aliases and merge keys are errors, anchors alone are not', () => {
  assert.deepEqual(problems('label: a\non: true\nlabel: b'), [
    'f.yaml:3:1: label stands earlier in this section: duplicate key',
  ]);
  assert.deepEqual(problems('{"label": "a", "label": "b"}'), [
    'f.yaml:1:16: "label" stands earlier in this section: duplicate key',
  ]);
  assert.deepEqual(problems('servers:\n- &a {port: 1}\n- *a'), [
    'f.yaml:3:3: aliases such as *a are not supported: repeat what it stands for',
  ]);
  assert.equal(problems('<<: {label: a}').length, 1);
  assert.equal(read('servers:\n- &a {port: 1}').value.servers.length, 1);
});

test('a file that begins with a brace has to be JSON', () => {
  assert.deepEqual(problems('{label: a}'), [
    "f.yaml:1:2: not JSON (it begins with '{', so it has to be): Expected property name or '}'",
  ]);
  assert.match(problems('{"label": "a",\n}')[0] ?? '', /^f\.yaml:2:1: not JSON/);
  assert.match(problems('{"label": "a"')[0] ?? '', /^f\.yaml:1:14: not JSON/);
});

test('of several documents the first is read, with a warning', () => {
  const { value, warnings } = read('label: a\n---\nlabel: b\n');
  assert.equal(value.label, 'a');
  assert.equal(warnings.length, 1);
});

test('a byte order mark and Windows line ends do not matter', () => {
  assert.equal(read('\uFEFFlabel: a\r\non: true\r\n').value.on, true);
  assert.deepEqual(
    problems('\uFEFFlabel: a\r\nonn: true\r\n')[0]?.startsWith('f.yaml:2:1: onn: unknown key (did you mean on?)'),
    true,
  );
});

test('keys that mean something to JavaScript mean nothing here', () => {
  for (const key of ['__proto__', 'constructor', 'toString'])
    assert.match(problems(`${key}: {label: x}`)[0] ?? '', /unknown key/);
});

test('no text makes it throw anything but a ConfigError', () => {
  const yamlish = fc.stringMatching(/^[ \n\t:\-{}[\]"',|>&*!#?a-z0-9/=%@`\\~<.]{0,60}$/);
  const keys = fc.constantFrom(
    'label',
    'on',
    'dtab',
    'servers',
    'port',
    'identifier',
    'failFast',
    'maxRequestKB',
    '<<',
    '__proto__',
  );
  const scalars = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.double(), fc.constant(null));
  const values = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, scalars, fc.array(tie('value')), fc.dictionary(keys, tie('value'))),
  })).value;
  const lines = fc.array(
    fc.tuple(fc.nat(6), keys, yamlish).map(([indent, key, rest]) => `${' '.repeat(indent)}${key}: ${rest}`),
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    yamlish,
    lines.map((l) => l.join('\n')),
    values.map((v) => JSON.stringify(v)),
  );
  // `problems` fails on any other exception.
  return fc.assert(
    fc.property(texts, (text) => void problems(text)),
    { numRuns: 500 },
  );
});

test('nesting without end is an error like any other', () => {
  for (const open of ['[', '{"a":', '- ', '? ', '{a: ']) assert.ok(problems(open.repeat(5000)).length > 0, open);
});
