import * as z from 'zod';
import { port } from '../config/fields.ts';
import { defineKind } from '../config/kind.ts';
import { type NamedTransformer, perAddress } from '../naming/transformer.ts';
import type { World } from '../world.ts';
import { tagOf, transformerFields } from './fields.ts';

const schema = z.strictObject({
  kind: z.literal('io.l5d.port'),
  ...transformerFields,
  port: port.describe('The port of every address from here on.'),
});

/** Sends to this port, whatever port was bound: where the linker of the destination listens. */
export const portTransformer = defineKind({
  schema,
  make: (config, _world: World): NamedTransformer =>
    perAddress(tagOf(config, String(config.port)), 'DelegatingNameTreeTransformer$', (all) =>
      all.map((address) => ({ ...address, port: config.port })),
    ),
});
