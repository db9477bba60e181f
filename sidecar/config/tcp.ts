import * as z from 'zod';
import { ip, path, port, timeoutMs } from '#core/config/fields.ts';
import { planned } from '#core/config/planned.ts';
import { socketOptions } from '#core/config/socket-options.ts';
import { serverTlsSchema } from '#core/tls/config.ts';
import { perName } from './matching.ts';

/** A server of a tcp router. */
export const tcpServer = z.strictObject({
  port,
  ip: ip.default('127.0.0.1'),
  label: z.string().optional().describe('Read and not used, as in Linkerd.'),
  tls: serverTlsSchema.optional().describe('Callers speak TLS, which ends here: what is inside goes on.'),
  dst: path.optional().describe('The name all connections to this port are for: /svc/mysql.'),
  multiplex: z
    .boolean()
    .default(false)
    .describe('Take tunnels of other linkers, many on one HTTP/2 connection, each of which says its name.'),
  maxConnections: z.int().min(1).default(10_000).describe('Tunnels open at once; one more is refused.'),
  socketOptions: socketOptions.optional(),
  announce: planned,
});

export type TcpServerConfig = z.output<typeof tcpServer>;

/** The `service` section of a tcp router. */
export const tcpService = perName(
  z.strictObject({
    totalTimeoutMs: timeoutMs.describe('How long it may take until a tunnel stands, all attempts together.'),
  }),
  'service',
);

/** How long a tunnel may carry nothing in either direction. */
export const idleTimeoutMs = z.int().min(1).default(3_600_000);

/** A connection needs a name: that of its port, of its router, or the one that a linker says. */
export function everyServerNames(
  router: {
    readonly servers: readonly TcpServerConfig[];
    readonly identifier?: readonly { readonly kind: string }[] | undefined;
  },
  context: z.RefinementCtx,
): void {
  const fixed = router.identifier?.some(({ kind }) => kind === 'io.l5d.static') ?? false;
  for (const [i, { dst, multiplex, tls }] of router.servers.entries()) {
    const named = dst !== undefined || fixed;
    const report = (message: string): void =>
      context.addIssue({ code: 'custom', path: ['servers', i], message, params: { late: true } });
    if (!named && !multiplex)
      report('where do connections go? It needs `dst`, a path such as /svc/mysql, or `multiplex: true` for linkers');
    if (dst !== undefined && multiplex && tls === undefined)
      report('without `tls` a port has either `dst`, for applications, or `multiplex`, for linkers');
  }
}
