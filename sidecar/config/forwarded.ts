import * as z from 'zod';
import { choice } from '#core/config/kind.ts';

/** How one side of a connection is named in `Forwarded` (RFC 7239 §6): by its address, or by an obfuscated name. */
const label = choice('kind', 'labeler', [
  z.strictObject({ kind: z.literal('ip') }),
  z.strictObject({ kind: z.literal('ip:port') }),
  z.strictObject({ kind: z.literal('connectionRandom') }),
  z.strictObject({ kind: z.literal('requestRandom') }),
  z.strictObject({ kind: z.literal('router') }),
  z.strictObject({
    kind: z.literal('static'),
    label: z.string().regex(/^[ -~]+$/, { error: 'only printable ASCII can stand in a header' }),
  }),
]);

/** `addForwardedHeader` of a server. */
export const forwardedHeader = z.strictObject({
  by: label.default({ kind: 'requestRandom' }).describe('This linker.'),
  for: label.default({ kind: 'requestRandom' }).describe('The caller.'),
});
