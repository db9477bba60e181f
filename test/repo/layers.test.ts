import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { cycles } from '#scripts/import-graph.ts';
import { importsOf, readImports } from '#scripts/imports.ts';
import { breaches, productFiles } from '#scripts/layers.ts';

const root = join(import.meta.dirname, '../..');

test('the product keeps the import rules', () => {
  const files = productFiles(root);
  assert.ok(files.length > 100);
  assert.deepEqual(breaches(readImports(root, files)), []);
});

describe('the import rules forbid', () => {
  const forbidden: readonly [from: string, statement: string, said: RegExp][] = [
    ['core/naming/path.ts', "import { readFileSync } from 'node:fs';", /core\/naming may not use node:fs/],
    ['core/naming/path.ts', "import * as z from 'zod';", /core\/naming may not use the package zod/],
    [
      'core/naming/path.ts',
      "import type { Log } from '../telemetry/log.ts';",
      /may not import core\/telemetry\/log\.ts/,
    ],
    ['core/namers/fs.ts', "import { x } from '../interpreters/default.ts';", /may not import core\/interpreters/],
    [
      'core/k8s/client.ts',
      "import k8s from '@kubernetes/client-node';",
      /may not use the package @kubernetes\/client-node/,
    ],
    ['core/new.ts', "import { x } from './clock.ts';", /belongs to no layer/],
    ['sidecar/router/router.ts', "import * as net from 'node:net';", /may not use node:net/],
    ['sidecar/router/router.ts', "import { x } from '../protocol/wire.ts';", /may not import sidecar\/protocol/],
    ['sidecar/filters/stats.ts', "import { x } from '../balancers/ewma.ts';", /may not import sidecar\/balancers/],
    ['sidecar/protocol/wire.ts', "import { createServer } from 'node:http';", /may not use node:http/],
    ['sidecar/protocol/wire.ts', "import * as http from 'node:http';", /may not use node:http/],
    ['sidecar/protocol/http1/a.ts', "import { x } from '../h2/b.ts';", /may not import sidecar\/protocol\/h2/],
    ['sidecar/assemble.ts', "import { x } from '#webhook/review.ts';", /sidecar may not import webhook/],
    ['webhook/server.ts', "import { x } from '#sidecar/config.ts';", /webhook may not import sidecar/],
    ['webhook/inject.ts', "import { x } from './server.ts';", /may not import webhook\/server\.ts/],
    ['webhook/inject.ts', "import { readFileSync } from 'node:fs';", /may not use node:fs/],
    ['cli/commands/inject.ts', "import { x } from '#webhook/server.ts';", /cli may not import webhook\/server\.ts/],
    [
      'cli/commands/linker.ts',
      "import { main } from '#sidecar/main.ts';",
      /only cli imports sidecar\/main\.ts, and lazily/,
    ],
    ['webhook/server.ts', "const m = await import('#sidecar/main.ts');", /only cli imports/],
    ['sidecar/http-router.ts', "import { x } from './assemble.ts';", /only sidecar\/main\.ts imports/],
    ['core/tls/pem.ts', "import { x } from '#test/helpers/certs.ts';", /product imports test/],
    ['cli/main.ts', "import { x } from '../bench/main.ts';", /product imports bench/],
  ];
  for (const [from, statement, said] of forbidden) {
    test(`${statement} in ${from}`, () => {
      const [found = '', ...more] = breaches(importsOf(from, `// first line\n${statement}`));
      assert.match(found, said);
      assert.ok(found.startsWith(`${from}:2: `), found);
      assert.deepEqual(more, []);
    });
  }

  test('big packages anywhere in what the linker loads', () => {
    const imports = [
      ...importsOf('sidecar/main.ts', "import { x } from './assemble.ts';"),
      ...importsOf('sidecar/assemble.ts', "import { x } from './a.ts';"),
      ...importsOf('sidecar/a.ts', "import express from 'express';\nimport type { y } from 'express';"),
    ];
    assert.ok(breaches(imports).includes('sidecar/a.ts:1: makes the linker load express'));
  });

  test('files that need each other', () => {
    const imports = [
      ...importsOf('core/tls/a.ts', "import { b } from './b.ts';"),
      ...importsOf('core/tls/b.ts', "import { c } from './c.ts';\nimport { d } from './d.ts';"),
      ...importsOf('core/tls/c.ts', "import { a } from './a.ts';"),
    ];
    assert.deepEqual(breaches(imports), [
      'core/tls/a.ts: imports itself: core/tls/a.ts -> core/tls/b.ts -> core/tls/c.ts -> core/tls/a.ts',
    ]);
  });
});

test('the import rules allow', () => {
  for (const [from, statement] of [
    ['cli/commands/linker.ts', "const { main } = await import('#sidecar/main.ts');"],
    ['cli/commands/inject.ts', "import { inject } from '#webhook/inject.ts';"],
    ['sidecar/main.ts', "import { assemble } from './assemble.ts';"],
    ['sidecar/protocol/status.ts', "import { STATUS_CODES } from 'node:http';"],
    ['sidecar/protocol/http1/server.ts', "import { Wire } from '../wire.ts';"],
  ] as const) {
    assert.deepEqual(breaches(importsOf(from, statement)), [], statement);
  }
});

test('every way to import is seen', () => {
  const text = `
import './bare.ts';
import one from './one.ts';
import * as two from '../two.ts';
import {
  type A,
  three as drei,
} from '#core/three.ts';
import type { B } from '@scope/four/deep';
import { type C } from 'five/deep';
export { six } from 'node:six';
export type { D } from './seven.ts';
const text = "import { x } from './no.ts'";
  const eight = await import('./eight.ts');
`;
  const seen = importsOf('core/tls/x.ts', text).map(({ line, how, what, names }) => [
    line,
    how,
    what.kind === 'file' ? what.path : what.name,
    names.join(),
  ]);
  assert.deepEqual(seen, [
    [2, 'value', 'core/tls/bare.ts', ''],
    [3, 'value', 'core/tls/one.ts', ''],
    [4, 'value', 'core/two.ts', ''],
    [5, 'value', 'core/three.ts', 'A,three'],
    [9, 'types', '@scope/four', 'B'],
    [10, 'types', 'five', 'C'],
    [11, 'value', 'node:six', 'six'],
    [12, 'types', 'core/tls/seven.ts', 'D'],
    [14, 'lazy', 'core/tls/eight.ts', ''],
  ]);
});

test('a cycle is found once, wherever the search begins, and a diamond is none', () => {
  const graph = (text: string): Map<string, string[]> =>
    new Map(text.split(' ').map((row) => [row.slice(0, 1), row.slice(2).split('')]));
  assert.deepEqual(cycles(graph('a:bc b:d c:d d:')), []);
  assert.deepEqual(cycles(graph('x:a a:b b:a')), [['a', 'b', 'a']]);
  assert.deepEqual(cycles(graph('a:a')), [['a', 'a']]);
});
