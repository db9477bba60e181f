import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

/** A name a peer has to prove: `web.default`, `10.0.0.1`, `spiffe://mesh/ns/default/sa/web`. */
export type PeerName =
  | { readonly kind: 'dns'; readonly name: string }
  | { readonly kind: 'ip'; readonly name: string }
  | { readonly kind: 'uri'; readonly name: string };

/** Undefined where no certificate could prove it: empty labels, wildcards, blanks. */
export function peerName(text: string): PeerName | undefined {
  if (isIP(text) !== 0) return { kind: 'ip', name: text };
  if (/^[a-z][a-z0-9+.-]*:\/\/[\x21-\x7e]+$/i.test(text)) return { kind: 'uri', name: text };
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  return /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/i.test(name) && name.length <= 253
    ? { kind: 'dns', name }
    : undefined;
}

/**
 * Whether a certificate proves a name. DNS names ignore case; `*` in a certificate stands for one whole leftmost
 * label. The subject's CN counts only in certificates without any subject alternative name (as the JVM, and so
 * Linkerd, take it), and never for IP addresses or URIs. A certificate with several URIs proves none of them (SPIFFE
 * X.509-SVID §4.2).
 */
export function proves(certificate: X509Certificate, wanted: PeerName): boolean {
  switch (wanted.kind) {
    case 'dns': {
      const subject = certificate.subjectAltName === undefined ? 'always' : 'never';
      return certificate.checkHost(wanted.name, { subject, wildcards: true, partialWildcards: false }) !== undefined;
    }
    case 'ip':
      return certificate.checkIP(wanted.name) !== undefined;
    case 'uri': {
      const uris = alternativeNames(certificate).filter((name) => name.startsWith('URI:'));
      return uris.length === 1 && uris[0] === `URI:${wanted.name}`;
    }
  }
}

/**
 * The subject alternative names of a certificate as Node renders them (`DNS:a`, `IP Address:1.2.3.4`, `URI:x`).
 * A name that holds a separator or a quote comes as a JSON string, so that no name can pass for two.
 */
export function alternativeNames(certificate: X509Certificate): string[] {
  const text = certificate.subjectAltName ?? '';
  return [...text.matchAll(/(?:^|, )([^:,"]+:)("(?:[^"\\]|\\.)*"|[^,"]*)/g)].map(
    ([, kind = '', value = '']) => kind + (value.startsWith('"') ? String(JSON.parse(value)) : value),
  );
}

/** What a certificate says about its owner, for messages: its alternative names, else its subject. */
export function describe(certificate: X509Certificate): string {
  return certificate.subjectAltName ?? certificate.subject?.replaceAll('\n', ', ') ?? 'no name';
}
