import * as z from 'zod';
import { shown, suggestion } from './words.ts';

/**
 * One value of a `kind:` key: how its section looks and what it builds.
 * Each kind lives in its own file and is listed once, in its family's `kinds.ts`.
 */
export interface Kind<Deps, Built> {
  readonly kind: string;
  readonly schema: z.ZodObject;
  /** Needs `experimental: true` beside it, as in Linkerd. */
  readonly experimental: boolean;
  make(config: unknown, deps: Deps): Built;
}

export function defineKind<S extends z.ZodObject<{ kind: z.ZodLiteral<string> }>, Deps, Built>(def: {
  readonly schema: S;
  readonly experimental?: boolean;
  make(config: z.output<S>, deps: Deps): Built;
}): Kind<Deps, Built> {
  return {
    kind: def.schema.shape.kind.value,
    schema: def.schema,
    experimental: def.experimental ?? false,
    make: (config, deps) => def.make(config as z.output<S>, deps),
  };
}

/** A configured section of some family: `kind` says which, the rest is that kind's own. */
export type KindConfig = { readonly kind: string };

export interface Family<Deps, Built> {
  readonly noun: string;
  readonly kinds: readonly Kind<Deps, Built>[];
  /** Kinds Linkerd 1.x has that are not built yet: named in the error, never "unknown". */
  readonly planned: readonly string[];
  /** Kinds Linkerd 1.x has that will not be built, with what to use instead. */
  readonly leftOut: Advice;
  readonly schema: z.ZodType<KindConfig>;
  make(config: KindConfig, deps: Deps): Built;
}

/** What to use in place of something, by its name. */
export type Advice = Readonly<Record<string, string>>;

/** The kinds of one noun. Every section may carry `experimental`, as in Linkerd; some kinds need it. */
export function family<Deps, Built>(
  noun: string,
  kinds: readonly Kind<Deps, Built>[],
  planned: readonly string[] = [],
  leftOut: Advice = {},
): Family<Deps, Built> {
  const byKind = new Map(kinds.map((k) => [k.kind, k]));
  if (byKind.size !== kinds.length) throw new Error(`two ${noun}s of one kind`);
  const [first, ...rest] = kinds.map((kind) => gated(noun, kind));
  if (first === undefined) throw new Error(`no ${noun} kinds`);
  return {
    noun,
    kinds,
    planned,
    leftOut,
    schema: choice('kind', noun, [first, ...rest], planned, leftOut) as unknown as z.ZodType<KindConfig>,
    make(config, deps) {
      const kind = byKind.get(config.kind);
      if (kind === undefined) throw new Error(`unknown ${noun} kind '${config.kind}'`);
      return kind.make(config, deps);
    },
  };
}

type Options = readonly [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]];

/** A section that one of its keys gives its shape: `kind` of most, `protocol` of a router. */
export function choice<const O extends Options>(
  key: string,
  noun: string,
  options: O,
  planned: readonly string[] = [],
  leftOut: Advice = {},
) {
  return z.discriminatedUnion(key, options, {
    error(issue) {
      if (issue.code !== 'invalid_union') return undefined;
      const value = (issue.input as Record<string, unknown>)[key];
      const given = typeof value === 'string' ? value : shown(value);
      const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
      const built = options.filter((o) => typeof o === 'string');
      const allowed = `one of ${built.join(', ')}`;
      if (value === undefined) return `is required: ${allowed}`;
      if (planned.includes(given)) return `${given} is a Linkerd 1.x ${noun} that Heddle does not have yet: ${allowed}`;
      const advice = Object.hasOwn(leftOut, given) ? leftOut[given] : undefined;
      if (advice !== undefined) return `${given} is a Linkerd 1.x ${noun} that Heddle leaves out: ${advice}`;
      return `unknown ${noun} ${given}${suggestion(given, built)}: ${allowed}`;
    },
  });
}

function gated<Deps, Built>(noun: string, { kind, schema, experimental }: Kind<Deps, Built>): z.ZodObject {
  const own = 'experimental' in schema.shape ? schema : schema.extend({ experimental: z.boolean().optional() });
  if (!experimental) return own;
  return own.refine((config) => config['experimental'] === true, {
    error: ({ input }) =>
      `The ${calledAs(noun, kind, input)} ${noun} is experimental and must be explicitly enabled by setting the \`experimental' parameter to \`true'.`,
  });
}

/** As in Linkerd, a namer goes by its prefix; the others go by their kind, not by the names of Linkerd's classes. */
function calledAs(noun: string, kind: string, section: unknown): string {
  if (noun !== 'namer') return kind;
  const prefix = (section as Readonly<Record<string, unknown>>)['prefix'] as { readonly show: string } | undefined;
  return prefix?.show ?? `/${kind}`;
}
