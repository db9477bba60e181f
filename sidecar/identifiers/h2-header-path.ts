import * as z from 'zod';
import { defineKind } from '#core/config/kind.ts';
import { showElement } from '#core/naming/path.ts';
import type { Identifier } from '../router/identifier.ts';
import { type IdentifierDeps, under } from './under.ts';

/**
 * Names an HTTP/2 request by a header that holds a path, `:path` unless another is given: its first segments, or all of
 * it. What gRPC is routed by: `/helloworld.Greeter/SayHello` with one segment is `/svc/helloworld.Greeter`.
 */
export const h2HeaderPath = defineKind({
  schema: z.strictObject({
    kind: z.literal('io.l5d.header.path'),
    header: z.string().min(1).default(':path').describe('The header whose value is a path.'),
    segments: z
      .int()
      .min(1, { error: '`segments` must be >= 1' })
      .optional()
      .describe('How many of its segments; all without it.'),
  }),
  make({ header, segments }, { prefix }: IdentifierDeps): Identifier {
    const name = header.toLowerCase();
    return {
      reason: segments === undefined ? 'Missing destination path' : `Path must have at least ${segments} segment(s)`,
      identify(head) {
        const value = head.get(name);
        if (value === undefined) return undefined;
        const [path = ''] = value.split('?', 1);
        const names = path.replace(/^\//, '').replace(/\/$/, '').split('/');
        if (names.includes('') || (segments !== undefined && names.length < segments)) return undefined;
        return under(prefix, `/${names.slice(0, segments).map(showElement).join('/')}`);
      },
    };
  },
});
