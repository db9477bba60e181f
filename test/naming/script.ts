import { parse } from 'yaml';
import { type Closable, nothingToClose } from '#core/closable.ts';
import type { KindConfig } from '#core/config/kind.ts';
import { namerKinds } from '#core/namers/kinds.ts';
import { makeNamers } from '#core/namers/make-namers.ts';
import { utilityNamers } from '#core/namers/utility/utilities.ts';
import { type Dtab, emptyDtab } from '#core/naming/dtab.ts';
import { configuredInterpreter, namersAlone } from '#core/naming/interpreter.ts';
import { type Addr, address, type Bound, boundAddr } from '#core/naming/name.ts';
import { map, type NameTree, showTree } from '#core/naming/name-tree.ts';
import type { Namer } from '#core/naming/namer.ts';
import { readDtab } from '#core/naming/parse.ts';
import { Path } from '#core/naming/path.ts';
import { transformedInterpreter } from '#core/naming/transformer.ts';
import { Activity, failed, ok, pending, type State } from '#core/reactive/activity.ts';
import { Cell } from '#core/reactive/var.ts';
import { transformerKinds } from '#core/transformers/kinds.ts';
import type { World } from '#core/world.ts';
import { firstOf } from './compare.ts';
import { worldWithoutNames } from './fixture-mesh.ts';
import { ScriptedNamer } from './scripted-namer.ts';

/** One scenario of a script: what it is about, and its commands, each with the line it stands on. */
export interface Scenario {
  readonly title: string;
  readonly commands: readonly { readonly line: number; readonly words: string }[];
}

/** `== title` begins a scenario, `#` a comment; a line that starts with a blank goes on with the command before it. */
export function readScript(text: string): readonly Scenario[] {
  const scenarios: { title: string; commands: { line: number; words: string }[] }[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    const commands = scenarios.at(-1)?.commands ?? [];
    if (line.startsWith('== ')) scenarios.push({ title: line.slice(3), commands: [] });
    else if (/^\s+\S/.test(line))
      commands.push({ line: i + 1, words: `${commands.pop()?.words ?? ''}\n${line.trim()}` });
    else if (line.trim() !== '' && !line.startsWith('#')) commands.push({ line: i + 1, words: line.trim() });
  }
  return scenarios;
}

/** The mesh that a scenario sets up and changes, and the one binding it looks at. */
export class Play {
  readonly #scripted: ScriptedNamer[] = [];
  readonly #configured: KindConfig[] = [];
  readonly #transformers: KindConfig[] = [];
  readonly #hosts = new Map<string, readonly string[]>();
  readonly #dtab = new Cell<State<Dtab>>(ok(emptyDtab));
  #local = emptyDtab;
  #binding: Activity<string> = Activity.pending;
  #observing: Closable = nothingToClose;

  /** Look-ups of scripted namers that are being observed. */
  get observed(): number {
    return this.#scripted.reduce((sum, namer) => sum + namer.observed, 0);
  }

  close(): void {
    this.#observing.close();
  }

  /** Does what one command says; what a `=` expects but does not see is given back. */
  async run(words: string): Promise<string | undefined> {
    const [, command = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(words) ?? [];
    switch (command) {
      case 'namer':
        this.#addNamer(rest);
        return undefined;
      case 'transform':
        this.#transformers.push(transformerKinds.schema.parse(parse(rest)));
        return undefined;
      case 'dtab':
        this.#dtab.set(ok(readDtab(rest)));
        return undefined;
      case 'local':
        this.#local = readDtab(rest);
        return undefined;
      case 'host': {
        const [name = '', ...addresses] = rest.split(/\s+/);
        this.#hosts.set(name, addresses);
        return undefined;
      }
      case 'bind':
        this.#bind(Path.read(rest));
        return undefined;
      case '=':
        return this.#expect(rest.replaceAll('\n', ' '));
      default:
        this.#change(command, rest);
        return undefined;
    }
  }

  #addNamer(words: string): void {
    const [prefix = '', size = '', lower] = words.split(/\s+/);
    if (words.startsWith('{')) this.#configured.push(namerKinds.schema.parse(parse(words)));
    else this.#scripted.push(new ScriptedNamer(Path.read(prefix), Number(size), lower === 'lower'));
  }

  #bind(path: Path): void {
    const world: World = { ...worldWithoutNames, resolve: (host) => this.#resolve(host) };
    const utilities = utilityNamers(world);
    const namers: readonly Namer[] = [...this.#scripted, ...makeNamers(this.#configured, world, utilities)];
    const interpreter = transformedInterpreter(
      configuredInterpreter(new Activity(this.#dtab), namers, utilities),
      this.#transformers.map((config) => transformerKinds.make(config, world)),
      namersAlone(namers, utilities),
    );
    this.#binding = interpreter.bind(this.#local, path).flatMap(shownTree);
    const previous = this.#observing;
    this.#observing = this.#binding.states.observe(() => {});
    previous.close();
  }

  async #resolve(host: string): Promise<readonly string[]> {
    const found = this.#hosts.get(host);
    if (found === undefined) throw new Error(`no such host: ${host}`);
    return found;
  }

  #change(command: string, rest: string): void {
    const [name = '', ...words] = rest.split(/\s+/);
    const id = Path.read(name);
    const namer = this.#scripted.find((n) => n.owns(id));
    if (namer === undefined) throw new Error(`no namer of the script has ${name}`);
    const states: Readonly<Record<string, State<Addr | 'absent'>>> = {
      have: ok(boundAddr(...words.map(readAddress))),
      gone: ok('absent'),
      wait: pending,
      broken: failed(new Error(words.join(' '))),
    };
    const state = states[command];
    if (state === undefined) throw new Error(`there is no command ${command}`);
    namer.set(id, state);
  }

  async #expect(expected: string): Promise<string | undefined> {
    const shown = this.#binding.transform((s) =>
      ok(s.kind === 'ok' ? s.value : s.kind === 'failed' ? `failed: ${s.error.message}` : s.kind),
    );
    const got = await firstOf(shown, (value) => value === expected);
    return got === expected ? undefined : `expected ${expected}\n     got ${String(got)}`;
  }
}

function readAddress(text: string): ReturnType<typeof address> {
  const [host = '', port = ''] = text.split(':');
  return address(host, Number(port));
}

/** A tree as scripts write it: every leaf with its residual, if any, and its addresses. */
function shownTree(tree: NameTree<Bound>): Activity<string> {
  const bounds: Bound[] = [];
  const numbered = map(tree, (bound) => bounds.push(bound) - 1);
  const states = Activity.collectStates(bounds.map((bound) => bound.addr));
  return Activity.from((set) =>
    states.observe((all) => set(ok(showTree(numbered, (i) => shownLeaf(bounds[i] as Bound, all[i] ?? pending))))),
  );
}

function shownLeaf({ id, residual }: Bound, state: State<Addr>): string {
  const rest = residual.size === 0 ? '' : ` + ${residual.show}`;
  return `${id.show}${rest} <${shownAddr(state)}>`;
}

function shownAddr(state: State<Addr>): string {
  if (state.kind === 'failed') return `failed: ${state.error.message}`;
  if (state.kind === 'pending') return 'pending';
  return state.value.kind === 'neg' ? 'neg' : state.value.addresses.map((a) => `${a.host}:${a.port}`).join(' ');
}
