import type { ServerTls } from '#core/tls/server.ts';
import { type Ca, makeCa } from './certs.ts';

/** Server TLS without files: a certificate for `web.test`; callers must show one of `clients` where that is given. */
export function serverEnd(alpn: readonly string[], ca: Ca = makeCa('ca'), clients?: Ca): ServerTls {
  const { key, chain } = ca.issue({ cn: 'web.test', dns: ['web.test'] });
  return {
    options: {
      key,
      cert: chain,
      ...(clients !== undefined && { ca: clients.cert, requestCert: true, rejectUnauthorized: true }),
      ...(alpn.length > 0 && { ALPNProtocols: [...alpn] }),
    },
    follow: () => ({ close() {} }),
    problem: () => undefined,
    verdict: () => undefined,
    close() {},
  };
}
