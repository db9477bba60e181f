// Hot: the default identifier of every HTTP router.

import * as z from 'zod';
import { defineKind } from '#core/config/kind.ts';
import { showElement } from '#core/naming/path.ts';
import type { Identifier } from '../router/identifier.ts';
import { type IdentifierDeps, under } from './under.ts';

/** Names a request by the value of one header, as one path element: case, port, dots and slashes stay as they came. */
export const headerToken = defineKind({
  schema: z.strictObject({
    kind: z.literal('io.l5d.header.token'),
    header: z.string().min(1).default('Host').describe('The header whose value is the name.'),
  }),
  make({ header }, { prefix }: IdentifierDeps): Identifier {
    const name = header.toLowerCase();
    return {
      reason: `${header} header is absent`,
      identify(head) {
        const value = head.get(name);
        return value === undefined || value === '' ? undefined : under(prefix, `/${showElement(value)}`);
      },
    };
  },
});
