import * as z from 'zod';
import { defineKind } from '#core/config/kind.ts';
import type { Identifier } from '../router/identifier.ts';

/** Names a tunnel as the linker before named it, which says so in `l5d-dst-service`: `/svc/mysql` at both ends. */
export const destination = defineKind({
  schema: z.strictObject({ kind: z.literal('io.heddle.destination') }),
  make(): Identifier {
    return {
      reason: 'no linker says where it goes',
      identify: ({ dstService }) => (dstService.startsWith('/') ? dstService : undefined),
    };
  },
});
