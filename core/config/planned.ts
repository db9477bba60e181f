import * as z from 'zod';

const plannedSchemas = new WeakSet<object>();

/**
 * A key that Linkerd 1.x has and Heddle does not have yet: not "unknown", but an error that says so. To build the key,
 * replace this by its schema.
 */
export const planned = mark(
  z.undefined({ error: ({ path }) => `${nameIn(path)} is a Linkerd 1.x key that Heddle does not have yet` }),
);

/** A key of which only the value that changes nothing works so far, such as `failFast: false`. */
export function plannedExcept<const V extends string | number | boolean>(value: V) {
  return z
    .literal(value, {
      error: ({ path }) =>
        `only ${value} works so far: ${nameIn(path)} is a Linkerd 1.x key that Heddle does not have yet`,
    })
    .optional();
}

/** A key of older configurations that means nothing any more: a warning, and no value. */
export function obsolete(reason: string) {
  return mark(
    z.unknown().superRefine((value, context) => {
      if (value !== undefined)
        context.addIssue({ code: 'custom', message: `ignored: ${reason}`, params: { drop: true } });
    }),
  );
}

/** Whether a key with this schema should be left out where the allowed keys are listed. */
export function isPlanned(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && plannedSchemas.has(schema);
}

function mark<S extends z.ZodType>(schema: S): z.ZodOptional<S> {
  const optional = schema.optional();
  plannedSchemas.add(optional);
  return optional;
}

function nameIn(path: readonly PropertyKey[] | undefined): string {
  return String(path?.[path.length - 1] ?? 'it');
}
