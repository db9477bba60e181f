import * as z from 'zod';

/** `socketOptions` of a server or a client, as in Linkerd. What the system does by itself is said where it is used. */
export const socketOptions = z.strictObject({
  noDelay: z.boolean().default(true).describe('Send small packets at once.'),
  keepAlive: z.boolean().default(false).describe('Let the system find out that a silent peer is gone.'),
  reuseAddr: z.boolean().default(true).describe('Always on: the system is asked for it whatever stands here.'),
  reusePort: z.boolean().default(false).describe('Several processes may listen on the port at once.'),
  backlog: z.int().min(1).optional().describe('Callers the system holds until they are accepted.'),
  readTimeoutMs: z.int().min(1).optional().describe('Close a connection on which nothing moves for so long.'),
  writeTimeoutMs: z.int().min(1).optional().describe('As readTimeoutMs: the shorter of the two counts.'),
});

export type SocketOptions = z.output<typeof socketOptions>;

/** Milliseconds after which a connection on which nothing moves is closed; undefined for never. */
export function stillMs({ readTimeoutMs, writeTimeoutMs }: SocketOptions): number | undefined {
  const shorter = Math.min(readTimeoutMs ?? Number.POSITIVE_INFINITY, writeTimeoutMs ?? Number.POSITIVE_INFINITY);
  return shorter === Number.POSITIVE_INFINITY ? undefined : shorter;
}
