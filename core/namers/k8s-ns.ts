import * as z from 'zod';
import { defineKind } from '../config/kind.ts';
import { Api } from '../k8s/api.ts';
import type { Namer } from '../naming/namer.ts';
import { Path } from '../naming/path.ts';
import type { World } from '../world.ts';
import { k8sFields } from './fields.ts';
import { makeK8sNamer } from './k8s.ts';

/** Binds `/<port>/<service>` as `io.l5d.k8s` does, in the namespace that an environment variable names. */
export const k8sNsNamer = defineKind({
  schema: z.strictObject({
    kind: z.literal('io.l5d.k8s.ns'),
    ...k8sFields,
    envVar: z.string().min(1).default('POD_NAMESPACE').describe('The environment variable that names the namespace.'),
  }),
  make({ host, port, envVar, ...config }, world: World): Namer {
    const namespace = world.env[envVar] ?? '';
    if (namespace === '') throw new Error(`could not find namespace for envVar: ${envVar} is not set`);
    const { labelSelector } = config;
    return makeK8sNamer(config.prefix ?? Path.of(config.kind), Api.of(world, { host, port }), {
      labelSelector,
      namespace,
    });
  },
});
