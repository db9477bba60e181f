import type { TestContext } from 'node:test';
import { parse } from 'yaml';
import type { InterpreterConfig } from '#core/interpreters/fields.ts';
import { interpreterKinds } from '#core/interpreters/kinds.ts';
import { makeInterpreter } from '#core/interpreters/make-interpreter.ts';
import { namerKinds } from '#core/namers/kinds.ts';
import { makeNamers } from '#core/namers/make-namers.ts';
import { utilityNamers } from '#core/namers/utility/utilities.ts';
import type { Addr, Bound } from '#core/naming/name.ts';
import { leaves, type NameTree, showTree } from '#core/naming/name-tree.ts';
import { readDtab } from '#core/naming/parse.ts';
import { Path } from '#core/naming/path.ts';
import { Activity, ok, type State } from '#core/reactive/activity.ts';
import type { World } from '#core/world.ts';
import { worldWith } from '#test/helpers/observed.ts';
import { eventually } from '#test/helpers/within.ts';

interface Section {
  readonly namers?: readonly object[];
  readonly interpreter?: object;
  readonly dtab?: string;
}

/**
 * What a router of this YAML (`namers`, `interpreter`, `dtab`) binds names to, as text: a tree of `id residual [addresses]`,
 * the residual left out where it is empty, or `failed: …`.
 */
export class Naming {
  readonly world: World;
  readonly #bind: (path: string, override: string) => Activity<NameTree<Bound>>;
  readonly #t: TestContext;

  constructor(t: TestContext, yaml: string, world: Partial<World> = {}) {
    this.#t = t;
    this.world = { ...worldWith({}), resolve: async () => Promise.reject(new Error('no such host')), ...world };
    const { namers = [], interpreter = { kind: 'default' }, dtab = '' }: Section = parse(yaml) ?? {};
    const utilities = utilityNamers(this.world);
    const configured = makeNamers(
      namers.map((each) => namerKinds.schema.parse(each)),
      this.world,
      utilities,
    );
    const config: InterpreterConfig = interpreterKinds.schema.parse(interpreter);
    const made = makeInterpreter(config, { namers: { configured, utilities }, world: this.world });
    this.#bind = (path, override) =>
      made.bind(readDtab(`${dtab};${override}`.replace(/^\s*;|;\s*$/g, '')), Path.read(path));
  }

  /** Waits until the name is bound so. */
  async binds(path: string, expected: string, override = ''): Promise<void> {
    let now = '';
    const bound = this.#bind(path, override).flatMap(shown);
    const handle = bound.states.observe((state) => {
      now = state.kind === 'ok' ? state.value : state.kind === 'failed' ? `failed: ${state.error.message}` : 'pending';
    });
    this.#t.after(() => handle.close());
    await eventually(() => (now === expected ? true : undefined), path, 10_000).catch(() => {
      throw new Error(`${path} is ${now}, not ${expected}`);
    });
  }
}

function shown(tree: NameTree<Bound>): Activity<string> {
  const all = leaves(tree);
  const states = Activity.collectStates(all.map((bound) => bound.addr));
  return Activity.from<string>((set) =>
    states.observe((addrs) => {
      const text = new Map(
        all.map((bound, i) => [bound, `${bound.id.show}${residual(bound)} [${addresses(addrs[i])}]`]),
      );
      set(ok(showTree(tree, (bound) => text.get(bound) ?? '')));
    }),
  );
}

const residual = (bound: Bound): string => (bound.residual.size === 0 ? '' : ` ${bound.residual.show}`);

function addresses(state: State<Addr> | undefined): string {
  if (state?.kind !== 'ok') return state?.kind === 'failed' ? `failed: ${state.error.message}` : 'pending';
  if (state.value.kind === 'neg') return 'neg';
  return state.value.addresses
    .map(({ host, port, weight }) => `${host}:${port}${weight === 1 ? '' : `*${weight}`}`)
    .join(' ');
}
