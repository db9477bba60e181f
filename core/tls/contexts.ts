import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import { cipherList } from './ciphers.ts';
import { type TlsProtocol, tlsProtocols } from './config.ts';
import type { Identity } from './identity.ts';
import { systemTrust } from './system-trust.ts';

/** The part of a TLS context that configuration fixes. */
export interface ContextSettings {
  readonly protocols?: readonly TlsProtocol[] | undefined;
  readonly ciphers?: readonly string[] | undefined;
}

/** The context options of one identity under some settings. */
export function contextOptions(identity: Identity, settings: ContextSettings): SecureContextOptions {
  return {
    ...protocolOptions(settings.protocols ?? ['TLSv1.2', 'TLSv1.3']),
    ...(settings.ciphers && { ciphers: cipherList(settings.ciphers) }),
    ...(identity.own && { key: identity.own.key, cert: identity.own.chain }),
    ca: [...(identity.trust ?? systemTrust())],
  };
}

function protocolOptions(protocols: readonly TlsProtocol[]): SecureContextOptions {
  const spoken = tlsProtocols.filter((protocol) => protocols.includes(protocol));
  const from = spoken[0] ?? 'TLSv1.2';
  const to = spoken.at(-1) ?? 'TLSv1.3';
  const between = tlsProtocols.slice(tlsProtocols.indexOf(from), tlsProtocols.indexOf(to));
  return {
    minVersion: from,
    maxVersion: to,
    secureOptions: between.filter((p) => !spoken.includes(p)).reduce((all, p) => all | constants[without[p]], 0),
  };
}

/** Names, not values: those load all of `node:crypto`, which a linker without TLS does without. */
const without = {
  TLSv1: 'SSL_OP_NO_TLSv1',
  'TLSv1.1': 'SSL_OP_NO_TLSv1_1',
  'TLSv1.2': 'SSL_OP_NO_TLSv1_2',
  'TLSv1.3': 'SSL_OP_NO_TLSv1_3',
} as const satisfies Record<TlsProtocol, keyof typeof constants>;
