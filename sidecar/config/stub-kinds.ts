import * as z from 'zod';
import { directory, path, port } from '#core/config/fields.ts';
import { defineKind, family } from '#core/config/kind.ts';

/** Stands in for the kinds.ts of core/transformers, core/namers and core/interpreters until those are there. */
const not = (): never => {
  throw new Error('not built');
};
const tag = { prefix: path.optional() };
const k8s = { host: z.string().default('localhost'), port: port.default(8001) };

export const transformerKinds = family('transformer', [
  defineKind({ schema: z.strictObject({ kind: z.literal('io.l5d.port'), port, ...tag }), make: not }),
  defineKind({ schema: z.strictObject({ kind: z.literal('io.l5d.localhost'), ...tag }), make: not }),
  defineKind({
    schema: z.strictObject({
      kind: z.literal('io.l5d.k8s.localnode'),
      hostNetwork: z.boolean().default(false),
      ...tag,
    }),
    make: not,
  }),
  defineKind({
    schema: z.strictObject({
      kind: z.literal('io.l5d.k8s.daemonset'),
      namespace: z.string(),
      service: z.string(),
      port: z.string(),
      k8sHost: z.string().default('localhost'),
      k8sPort: port.default(8001),
      hostNetwork: z.boolean().default(false),
      ...tag,
    }),
    make: not,
  }),
]);

const common = { prefix: path.optional(), transformers: z.array(transformerKinds.schema).default([]) };

export const namerKinds = family('namer', [
  defineKind({ schema: z.strictObject({ kind: z.literal('io.l5d.fs'), rootDir: directory, ...common }), make: not }),
  defineKind({
    schema: z.strictObject({ kind: z.literal('io.l5d.k8s'), labelSelector: z.string().optional(), ...k8s, ...common }),
    make: not,
  }),
  defineKind({
    schema: z.strictObject({
      kind: z.literal('io.l5d.rewrite'),
      pattern: z.string(),
      name: z.string(),
      ...common,
      prefix: path,
    }),
    make: not,
  }),
]);

export const interpreterKinds = family('interpreter', [
  defineKind({
    schema: z.strictObject({ kind: z.literal('default'), transformers: z.array(transformerKinds.schema).default([]) }),
    make: not,
  }),
]);
