import * as z from 'zod';
import { defineKind } from '../../core/config/kind.ts';
import type { Accrual } from './accrual.ts';
import { removalFields } from './removals.ts';

/** `none`: endpoints are used whatever they answer. */
export const none = defineKind({
  schema: z.strictObject({ kind: z.literal('none'), ...removalFields }),
  make(): Accrual {
    return undefined;
  },
});
