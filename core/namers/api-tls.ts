import type { ConnectionOptions } from 'node:tls';
import { clientTls } from '../tls/client.ts';
import type { ClientTlsConfig } from '../tls/config.ts';
import type { World } from '../world.ts';

/**
 * The TLS options of connections to an API, from a `tls` section; undefined where TLS is off. Without `commonName` the
 * server must prove the host it was asked for under.
 */
export function apiTls(
  config: ClientTlsConfig | undefined,
  host: string,
  world: World,
): (() => ConnectionOptions) | undefined {
  if (config === undefined || !config.enabled) return undefined;
  const peer = clientTls(config, world).peer(config.commonName ?? host);
  return () => peer.connectOptions();
}
