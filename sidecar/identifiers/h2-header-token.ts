// Hot: the default identifier of every h2 router.

import * as z from 'zod';
import { defineKind } from '#core/config/kind.ts';
import { showElement } from '#core/naming/path.ts';
import type { Identifier } from '../router/identifier.ts';
import { type IdentifierDeps, under } from './under.ts';

/** Names an HTTP/2 request by one header, `:authority` unless another is given, as one path element. */
export const h2HeaderToken = defineKind({
  schema: z.strictObject({
    kind: z.literal('io.l5d.header.token'),
    header: z.string().min(1).default(':authority').describe('The header whose value is the name.'),
  }),
  make({ header }, { prefix }: IdentifierDeps): Identifier {
    const name = header.toLowerCase();
    return {
      reason: `missing header: '${header}'`,
      identify(head) {
        const value = head.get(name);
        return value === undefined || value === '' ? undefined : under(prefix, `/${showElement(value)}`);
      },
    };
  },
});
