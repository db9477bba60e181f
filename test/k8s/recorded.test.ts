import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { parse } from 'yaml';
import type { InterpreterConfig } from '#core/interpreters/fields.ts';
import { interpreterKinds } from '#core/interpreters/kinds.ts';
import { makeInterpreter } from '#core/interpreters/make-interpreter.ts';
import type { NamerConfig } from '#core/namers/fields.ts';
import { namerKinds } from '#core/namers/kinds.ts';
import { makeNamers } from '#core/namers/make-namers.ts';
import { utilityNamers } from '#core/namers/utility/utilities.ts';
import { delegateJson } from '#core/naming/delegate-json.ts';
import { readDtab } from '#core/naming/parse.ts';
import { Path } from '#core/naming/path.ts';
import { treeJson } from '#core/naming/tree-json.ts';
import { FakeApiServer, type FakeObject } from '#test/helpers/fake-api-server.ts';
import { worldWith } from '#test/helpers/observed.ts';
import { differences, firstOf } from '../naming/compare.ts';
import { namingCases, readFixture } from '../naming/recorded.ts';

interface LinkerConfig {
  readonly namers: readonly NamerConfig[];
  readonly routers: readonly { readonly label: string; readonly interpreter?: InterpreterConfig }[];
}

/** Kinds that are not built yet, by the prefixes the fixture gives them. */
const notBuilt = /\/#\/(io\.l5d\.k8s\.(ns|external)|otherns)\b/;

const cases = namingCases().filter(
  (c) => c.fixture === 'k8s' && c.quirk === undefined && !notBuilt.test(`${c.dtab} ${c.path}`),
);

/** The real kinds, over a socket to an API that has the fixture's objects and, as in the recording, no slices. */
async function openMesh(t: TestContext) {
  const fixture = readFixture('k8s');
  const fake = await FakeApiServer.start(t);
  fake.servesSlices = false;
  for (const [path, object] of Object.entries(fixture.k8s ?? {})) fake.put(path, object as FakeObject);
  const text = fixture.linkerd.join('\n').replaceAll('{k8s}', String(fake.port));
  const config = parse(text.replace(/\{(?:ladmin|lh\d+)\}/g, '0')) as LinkerConfig;
  const world = worldWith(fixture.env ?? {});
  const utilities = utilityNamers(world);
  const known = config.namers.filter((namer) => !notBuilt.test(`/#/${namer.kind}`));
  const namers = {
    configured: makeNamers(
      known.map((namer) => namerKinds.schema.parse(namer)),
      world,
      utilities,
    ),
    utilities,
  };
  return (router: string) => {
    const interpreter = config.routers.find((r) => r.label === router)?.interpreter ?? { kind: 'default' };
    return makeInterpreter(interpreterKinds.schema.parse(interpreter), { namers, world });
  };
}

test('there are cases', () => assert.ok(cases.length > 40, `${cases.length} cases`));

test('the Kubernetes kinds bind and delegate as recorded of Linkerd', async (t) => {
  const interpreter = await openMesh(t);
  const wrong: string[] = [];
  for (const c of cases) {
    const under = interpreter(c.router ?? 'http');
    const [dtab, path] = [readDtab(c.dtab), Path.read(c.path)];
    for (const [view, recorded] of Object.entries(c.expect)) {
      const expected = recorded === 'same' ? c.expect['delegate'] : recorded;
      const seen =
        view === 'bind' ? under.bind(dtab, path).flatMap(treeJson) : under.delegate(dtab, path).flatMap(delegateJson);
      if (view !== 'bind' && view !== 'delegate' && view !== 'linkerd') throw new Error(`there is no view ${view}`);
      const got = await firstOf(seen, (value) => differences(expected, value).length === 0);
      wrong.push(...differences(expected, got).map((d) => `${c.id} ${view}${d}`));
    }
  }
  assert.deepEqual(wrong, []);
});
