import * as z from 'zod';

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
  readonly schema: z.ZodType<KindConfig>;
  make(config: KindConfig, deps: Deps): Built;
}

export function family<Deps, Built>(
  noun: string,
  kinds: readonly Kind<Deps, Built>[],
  planned: readonly string[] = [],
): Family<Deps, Built> {
  const byKind = new Map(kinds.map((k) => [k.kind, k]));
  if (byKind.size !== kinds.length) throw new Error(`two ${noun}s of one kind`);
  const [first, ...rest] = kinds.map((k) => k.schema);
  if (first === undefined) throw new Error(`no ${noun} kinds`);
  return {
    noun,
    kinds,
    planned,
    schema: z.discriminatedUnion('kind', [first, ...rest] as never) as unknown as z.ZodType<KindConfig>,
    make(config, deps) {
      const kind = byKind.get(config.kind);
      if (kind === undefined) throw new Error(`unknown ${noun} kind '${config.kind}'`);
      return kind.make(config, deps);
    },
  };
}
