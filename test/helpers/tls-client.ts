import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { systemClock } from '#core/clock.ts';
import { noLog } from '#core/telemetry/log.ts';
import { type ClientTls, clientTls } from '#core/tls/client.ts';
import { clientTlsSchema } from '#core/tls/config.ts';
import type { Issued } from './certs.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { type Handshake, handshake } from './tls-handshake.ts';

const world = { clock: systemClock, log: noLog };

/** A client that trusts these PEM texts; other keys of the `tls` section as given. */
export function tlsClient(
  t: TestContext,
  trust: readonly string[] | undefined,
  keys: object = {},
  alpn: string[] = [],
): ClientTls {
  const directory = temporaryDirectory(t);
  const trustCerts = trust?.map((pem, i) => {
    const path = join(directory, `trust-${i}.pem`);
    writeFileSync(path, pem);
    return path;
  });
  const config = clientTlsSchema.parse({ ...(trustCerts && { trustCerts }), ...keys });
  const made = clientTls(config, world, alpn);
  t.after(() => made.close());
  return made;
}

/** What becomes of connecting to a server that shows `shown`, wanting `name`, trusting `trust`. */
export async function connecting(
  t: TestContext,
  shown: Issued,
  trust: readonly string[],
  name: string | undefined = 'web.test',
): Promise<Handshake> {
  return handshake({ options: { key: shown.key, cert: shown.chain } }, tlsClient(t, trust).peer(name));
}
