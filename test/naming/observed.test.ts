import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AddrJson, addrJson } from '#core/naming/addr-json.ts';
import { addrOfTree, withoutTags } from '#core/naming/addr-of.ts';
import { delegateJson } from '#core/naming/delegate-json.ts';
import { concatDtab } from '#core/naming/dtab.ts';
import { namersAlone } from '#core/naming/interpreter.ts';
import type { Addr } from '#core/naming/name.ts';
import { CannotDelegate } from '#core/naming/namer.ts';
import { ParseError, readDtab } from '#core/naming/parse.ts';
import { Path } from '#core/naming/path.ts';
import { treeJson } from '#core/naming/tree-json.ts';
import { Activity, ok } from '#core/reactive/activity.ts';
import { differences, firstOf } from './compare.ts';
import { type FixtureMesh, openFixture } from './fixture-mesh.ts';
import { grouped, type NamingCase, namingCases } from './recorded.ts';

/** Cases whose error has other words here, with the reason. */
const otherWords: Readonly<Record<string, string>> = {
  'util-30': 'the JVM says that a class is no namer; here there are no classes, only names that are not known',
};

test('the quirks of Linkerd that are not followed', () => {
  assert.equal(namingCases().filter((c) => c.quirk !== undefined).length, 17);
});

for (const [group, cases] of grouped(namingCases())) {
  test(`binds and delegates as recorded of Linkerd: ${group}`, async (t) => {
    const meshes = new Map<string, FixtureMesh>();
    const wrong: string[] = [];
    for (const c of cases) {
      if (c.quirk !== undefined) continue;
      const mesh = meshes.get(c.fixture) ?? (await openFixture(t, c.fixture));
      meshes.set(c.fixture, mesh);
      wrong.push(...(await check(c, mesh)));
    }
    assert.deepEqual(wrong, []);
  });
}

/** The recorded views of one case, asked of ours. */
async function check(c: NamingCase, mesh: FixtureMesh): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const [view, recorded] of Object.entries(c.expect)) {
    const expected = recorded === 'same' ? c.expect['delegate'] : recorded;
    const differ = (got: unknown): readonly string[] =>
      differences(expected, got).filter((d) => !(c.id in otherWords && d.includes('.message:')));
    const got = await firstOf(seen(c, mesh, view), (value) => differ(value).length === 0);
    wrong.push(...differ(got).map((d) => `${c.id} ${view}${d}`));
  }
  return wrong;
}

function seen(c: NamingCase, mesh: FixtureMesh, view: string): Activity<unknown> {
  try {
    return asAnswer(ask(c, mesh, view), c.router ?? 'http');
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const given = view === 'linkerd' ? '' : `${c.path} / `;
    return Activity.value({ status: 400, body: `Invalid path: ${given}${error.message}` });
  }
}

function ask(c: NamingCase, { namers, interpreter }: FixtureMesh, view: string): Activity<unknown> {
  const dtab = concatDtab(readDtab(c.dtab), readDtab(c.local ?? ''));
  const path = Path.read(c.path);
  const under = interpreter(c.router ?? 'http');
  switch (view) {
    case 'delegate':
    case 'linkerd':
      return under.delegate(dtab, path).flatMap(delegateJson);
    case 'bind':
      return under.bind(dtab, path).flatMap(treeJson);
    case 'resolve':
      return settledAddr(under.bind(dtab, path).flatMap(addrOfTree));
    case 'addr': {
      const bindPath = namersAlone(namers.configured, namers.utilities);
      return settledAddr(bindPath(withoutTags(Path.read(c.addr ?? ''))).flatMap(addrOfTree));
    }
    default:
      throw new Error(`there is no view ${view}`);
  }
}

/** The answer of an API: the value, or what stands for the failure. */
function asAnswer(activity: Activity<unknown>, router: string): Activity<unknown> {
  return activity.transform((state) => {
    if (state.kind !== 'failed') return state;
    if (!(state.error instanceof CannotDelegate)) return ok({ status: 500, body: '' });
    return ok({ status: 501, body: `Name Interpreter for ${router} cannot show delegations` });
  });
}

function settledAddr(addr: Activity<Addr>): Activity<AddrJson> {
  return addr.transform((state) => (state.kind === 'pending' ? state : ok(addrJson(state))));
}
