import type { X509Certificate } from 'node:crypto';
import { alternativeNames } from './names.ts';

/**
 * A caller's certificate as `x-forwarded-client-cert` tells it, a byte string (Linkerd §4.6):
 * `Hash=<SHA-256 in hex>;SAN=<uri>;DNS=<name>;Subject="<RFC 2253 name>"`, alternative names in the order of the
 * certificate. A name that could be taken for more than one element is quoted.
 */
export function clientCertHeader(certificate: X509Certificate): string {
  const elements = [`Hash=${certificate.fingerprint256.replaceAll(':', '')}`];
  for (const name of alternativeNames(certificate)) {
    if (name.startsWith('URI:')) elements.push(`SAN=${element(name.slice(4))}`);
    else if (name.startsWith('DNS:')) elements.push(`DNS=${element(name.slice(4))}`);
  }
  elements.push(`Subject=${quoted(distinguishedName(certificate))}`);
  return Buffer.from(elements.join(';'), 'utf8').toString('latin1');
}

/** Node gives one relative name a line, the most general first, escaped as RFC 2253 §2.4 wants it; RFC 2253 turns them round. */
function distinguishedName(certificate: X509Certificate): string {
  return (certificate.subject ?? '').split('\n').reverse().join(',');
}

function element(value: string): string {
  return /^[\w\-.~:/?#[\]@!$&'()*+%]*$/.test(value) ? value : quoted(value);
}

/** No certificate puts a line end into a header. */
function quoted(value: string): string {
  return `"${value.replaceAll(/[\x00-\x1f\x7f]/g, ' ').replaceAll(/["\\]/g, '\\$&')}"`;
}
