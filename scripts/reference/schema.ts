import type * as z from 'zod';
import { isPlanned } from '#core/config/planned.ts';

type Schema = z.core.$ZodType;

/** What a key of a configuration takes, as its schema says it. */
export type Shape =
  | { readonly type: 'plain'; readonly text: string }
  | { readonly type: 'section'; readonly schema: Schema; readonly keys: readonly Key[] }
  | { readonly type: 'choice'; readonly schema: Schema; readonly by: string; readonly options: readonly Option[] }
  | { readonly type: 'list'; readonly of: Shape };

export interface Option {
  /** Values of the key that chooses. */
  readonly values: readonly string[];
  readonly keys: readonly Key[];
}

export interface Key {
  readonly name: string;
  readonly schema: Schema;
  readonly shape: Shape;
  readonly required: boolean;
  /** What stands for the key where it is left out. */
  readonly initial: unknown;
  readonly about: string;
}

interface Unwrapped {
  readonly schema: Schema;
  readonly required: boolean;
  readonly initial: unknown;
  readonly about: string;
}

/** The keys of a section; those that are not built, or mean nothing any more, are left out. */
export function keysOf(schema: Schema): readonly Key[] {
  const { def } = (schema as z.core.$ZodObject)._zod;
  return Object.entries(def.shape)
    .filter(([, value]) => !isPlanned(value))
    .map(([name, value]) => {
      const { schema: inner, required, initial, about } = unwrap(value);
      return { name, schema: value, shape: shapeOf(inner), required, initial, about };
    });
}

export function shapeOf(given: Schema): Shape {
  const { schema } = unwrap(given);
  const { def } = schema._zod as unknown as { def: z.core.$ZodTypes['_zod']['def'] };
  switch (def.type) {
    case 'object':
      return { type: 'section', schema, keys: keysOf(schema) };
    case 'union':
      return 'discriminator' in def
        ? choiceOf(schema, def as z.core.$ZodDiscriminatedUnionDef)
        : { type: 'plain', text: def.options.map((o) => textOf(shapeOf(o))).join(' or ') };
    case 'array':
      return { type: 'list', of: shapeOf(def.element) };
    case 'string':
      return { type: 'plain', text: 'text' };
    case 'boolean':
      return { type: 'plain', text: 'true or false' };
    case 'number':
      return { type: 'plain', text: numberText(schema as z.core.$ZodNumber) };
    case 'literal':
      return { type: 'plain', text: def.values.map((v) => `\`${v}\``).join(' or ') };
    case 'enum':
      return {
        type: 'plain',
        text: `one of ${Object.values(def.entries)
          .map((v) => `\`${v}\``)
          .join(', ')}`,
      };
    case 'record':
      return { type: 'plain', text: 'section of any keys' };
    default:
      throw new Error(`the reference has no words for a schema of type ${def.type}`);
  }
}

/** How a shape is called in a table. */
export function textOf(shape: Shape): string {
  switch (shape.type) {
    case 'plain':
      return shape.text;
    case 'section':
      return 'section';
    case 'choice':
      return `section with a \`${shape.by}\``;
    case 'list':
      return shape.of.type === 'plain' ? `list of ${shape.of.text}` : 'list of sections';
  }
}

function choiceOf(schema: Schema, { discriminator, options }: z.core.$ZodDiscriminatedUnionDef): Shape {
  return {
    type: 'choice',
    schema,
    by: discriminator,
    options: options.map((option) => {
      const keys = keysOf(unwrap(option).schema);
      const chooser = keys.find((key) => key.name === discriminator);
      const text = chooser?.shape.type === 'plain' ? chooser.shape.text : '';
      return {
        values: [...text.matchAll(/`([^`]+)`/g)].map(([, value = '']) => value),
        keys: keys.filter((key) => key !== chooser),
      };
    }),
  };
}

/** Takes off what wraps a schema: optional, default values, transformations. */
function unwrap(given: Schema): Unwrapped {
  let schema = given;
  let required = true;
  let initial: unknown;
  let about = '';
  for (;;) {
    about ||= (schema as z.ZodType).description ?? '';
    const { def } = schema._zod as unknown as { def: z.core.$ZodTypes['_zod']['def'] };
    switch (def.type) {
      case 'optional':
      case 'nullable':
        required = false;
        schema = def.innerType;
        break;
      case 'default':
      case 'prefault':
        required = false;
        initial = def.defaultValue;
        schema = def.innerType;
        break;
      case 'readonly':
      case 'nonoptional':
        schema = def.innerType;
        break;
      case 'pipe':
        schema = def.in._zod.def.type === 'transform' ? def.out : def.in;
        break;
      default:
        return { schema, required, initial, about };
    }
  }
}

function numberText(schema: z.core.$ZodNumber): string {
  const { def } = schema._zod as unknown as { def: z.core.$ZodNumberFormatDef };
  const checks = [def, ...(def.checks ?? []).map((check) => check._zod.def)] as readonly Check[];
  const whole = checks.some(({ format }) => format === 'safeint') ? 'whole number' : 'number';
  const least = checks.find(({ check }) => check === 'greater_than')?.value;
  const most = checks.find(({ check }) => check === 'less_than')?.value;
  if (least !== undefined && most !== undefined) return `${whole}, ${least} to ${most}`;
  if (least !== undefined) return `${whole}, at least ${least}`;
  return most === undefined ? whole : `${whole}, at most ${most}`;
}

interface Check {
  readonly check?: string;
  readonly format?: string;
  readonly value?: number;
}
