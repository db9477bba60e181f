import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { parse } from 'yaml';
import { systemClock } from '#core/clock.ts';
import type { InterpreterConfig } from '#core/interpreters/fields.ts';
import { interpreterKinds } from '#core/interpreters/kinds.ts';
import { makeInterpreter } from '#core/interpreters/make-interpreter.ts';
import type { NamerConfig } from '#core/namers/fields.ts';
import { namerKinds } from '#core/namers/kinds.ts';
import { makeNamers } from '#core/namers/make-namers.ts';
import { utilityNamers } from '#core/namers/utility/utilities.ts';
import { emptyDtab } from '#core/naming/dtab.ts';
import { configuredInterpreter, namersAlone } from '#core/naming/interpreter.ts';
import type { Namers } from '#core/naming/lookup.ts';
import type { Interpreter } from '#core/naming/namer.ts';
import { transformedInterpreter, transformedNamer } from '#core/naming/transformer.ts';
import { noLog } from '#core/telemetry/log.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import type { World } from '#core/world.ts';
import { FakeConsul } from '#test/helpers/fake-consul.ts';
import { temporaryDirectory } from '#test/helpers/temporary-directory.ts';
import { fakeNamer, fakeTransformer } from './fake-backends.ts';
import { type Fixture, readFixture, type Services } from './recorded.ts';

/** What the linker of a fixture would have: its namers, and the interpreter of each router by label. */
export interface FixtureMesh {
  readonly namers: Namers;
  interpreter(router: string): Interpreter;
}

interface LinkerConfig {
  readonly namers: readonly NamerConfig[];
  readonly routers: readonly { readonly label: string; readonly interpreter?: InterpreterConfig }[];
}

/** No name but numbers and `localhost` is known, whatever network there is. */
export const worldWithoutNames: World = {
  clock: systemClock,
  random: Math.random,
  env: {},
  log: noLog,
  metrics: new Metrics(),
  resolve: () => Promise.reject(new Error('no such host')),
};

/** Real files, a Consul agent and the real kinds; Kubernetes is played from the fixture's objects. */
export async function openFixture(t: TestContext, name: string): Promise<FixtureMesh> {
  const fixture = readFixture(name);
  const directory = temporaryDirectory(t);
  for (const [file, lines] of Object.entries(fixture.files ?? {})) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), lines.map((line) => `${line}\n`).join(''));
  }
  const consul = fixture.consul === undefined ? 0 : (await startConsul(t, fixture.consul.services)).port;
  const config = readConfig(fixture, directory, consul);
  return fixture.k8s === undefined ? withKinds(config) : withFakes(fixture, config);
}

async function startConsul(t: TestContext, services: Services): Promise<FakeConsul> {
  const agent = await FakeConsul.start(t);
  for (const [datacenter, here] of Object.entries(services)) {
    for (const [service, instances] of Object.entries(here)) agent.put(datacenter, service, ...instances);
  }
  return agent;
}

function readConfig(fixture: Fixture, directory: string, consulPort: number): LinkerConfig {
  const text = fixture.linkerd.join('\n').replaceAll('{dir}', directory).replaceAll('{consul}', String(consulPort));
  return parse(text.replace(/\{(?:ladmin|lh\d+|k8s)\}/g, '0')) as LinkerConfig;
}

function withKinds({ namers, routers }: LinkerConfig): FixtureMesh {
  const utilities = utilityNamers(worldWithoutNames);
  const checked = namers.map((config) => namerKinds.schema.parse(config));
  const all = { configured: makeNamers(checked, worldWithoutNames, utilities), utilities };
  return {
    namers: all,
    interpreter(label) {
      const config = routers.find((r) => r.label === label)?.interpreter ?? { kind: 'default' };
      return makeInterpreter(interpreterKinds.schema.parse(config), { namers: all, world: worldWithoutNames });
    },
  };
}

function withFakes(fixture: Fixture, { namers, routers }: LinkerConfig): FixtureMesh {
  const utilities = utilityNamers(worldWithoutNames);
  const none = namersAlone([], utilities);
  const configured = namers.map((config) => {
    const transformers = (config.transformers ?? []).map((each) => fakeTransformer(each, fixture, worldWithoutNames));
    return transformedNamer(fakeNamer(config, fixture), transformers, none);
  });
  return {
    namers: { configured, utilities },
    interpreter(label) {
      const transformers = routers.find((r) => r.label === label)?.interpreter?.transformers ?? [];
      return transformedInterpreter(
        configuredInterpreter(emptyDtab, configured, utilities),
        transformers.map((each) => fakeTransformer(each, fixture, worldWithoutNames)),
        none,
      );
    },
  };
}
