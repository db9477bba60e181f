import type { SecureContext } from 'node:tls';
import type { World } from '../world.ts';
import { type Identity, ownIdentity } from './identity.ts';
import { alternativeNames } from './names.ts';
import { readCertificates, readPrivateKey } from './pem.ts';

/** A certificate that is served to callers who ask for one of its hosts. */
export interface NamedCertificate {
  /** What it is called in messages: `Secret shop/web-tls`. */
  readonly source: string;
  /** Names, and `*.` with a domain for all names one label below it; none: those in the certificate. */
  readonly hosts: readonly string[];
  /** PEM: the certificate and what stands above it. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
}

type ContextOf = (own: NonNullable<Identity['own']>) => SecureContext;

interface Made {
  readonly of: NamedCertificate;
  readonly own: NonNullable<Identity['own']>;
}

/** The TLS contexts of several certificates, found by the name a caller asks for (RFC 6066 §3). */
export class SniContexts {
  readonly #log: World['log'];
  #made = new Map<string, Made>();
  #byHost = new Map<string, SecureContext>();

  constructor(log: World['log']) {
    this.#log = log;
  }

  /** Serves these from now on. What cannot be used is logged, and the last good one of that source stays. */
  become(all: readonly NamedCertificate[], contextOf: ContextOf): void {
    const made = new Map<string, Made>();
    const byHost = new Map<string, SecureContext>();
    for (const each of all) {
      const known = made.get(each.source) ?? this.#read(each);
      if (known === undefined) continue;
      made.set(each.source, known);
      const context = contextOf(known.own);
      for (const host of each.hosts.length > 0 ? each.hosts : dnsNames(known.own)) {
        const name = host.toLowerCase();
        if (!byHost.has(name)) byHost.set(name, context); // the first to claim a name has it
      }
    }
    this.#made = made;
    this.#byHost = byHost;
  }

  /** The context for a name, that of the name itself before that of its domain; undefined where there is none. */
  find(servername: string): SecureContext | undefined {
    const name = servername.toLowerCase().replace(/\.$/, '');
    const dot = name.indexOf('.');
    return this.#byHost.get(name) ?? (dot > 0 ? this.#byHost.get(`*${name.slice(dot)}`) : undefined);
  }

  #read(given: NamedCertificate): Made | undefined {
    const before = this.#made.get(given.source);
    if (before !== undefined && before.of.cert === given.cert && before.of.key === given.key) return before;
    try {
      const { source, cert, key } = given;
      return {
        of: given,
        own: ownIdentity(readPrivateKey(key, source), readCertificates(cert, source), source, source),
      };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#log.warn({ source: given.source, reason, kept: before !== undefined }, 'certificate is unusable');
      return before;
    }
  }
}

function dnsNames({ leaf }: NonNullable<Identity['own']>): readonly string[] {
  return alternativeNames(leaf)
    .filter((name) => name.startsWith('DNS:'))
    .map((name) => name.slice('DNS:'.length));
}
