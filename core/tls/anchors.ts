import type { X509Certificate } from 'node:crypto';
import { children, element, sequence, Tag } from './der.ts';
import { certificatePem } from './pem.ts';

/**
 * What OpenSSL must be given to take a configured CA as RFC 5280 §6.1.1(d) and the JVM do: as a name, a key and its
 * constraints, whatever its dates and whoever signed it. Linkerd's published examples depend on it: their CA is of
 * 2016 and was valid for a month.
 *
 * OpenSSL wants a chain to end in a certificate that is valid now and names itself as its issuer, but it does not
 * verify that one's signature, as being configured is what makes it trusted. So it gets a copy with itself as issuer
 * and without an end. All else stays OpenSSL's: leaf and intermediates must be signed, in time, fit for their purpose
 * and within the constraints of every CA above them.
 *
 * A certificate that does name itself goes in as it is, too: it may be a server's own, which has to be the very same
 * bytes. Its dates count then, as it is the leaf.
 */
export function trustAnchor(certificate: X509Certificate): string[] {
  const own = certificatePem(certificate.raw);
  const timeless = timelessCopy(certificate);
  if (timeless === undefined) return [own];
  return certificate.issuer === certificate.subject ? [own, timeless] : [timeless];
}

/** 1950 to 9999 (RFC 5280 §4.1.2.5 has 9999-12-31 stand for "no end"). */
const forEver = sequence(
  element(Tag.utcTime, Buffer.from('500101000000Z')),
  element(Tag.generalizedTime, Buffer.from('99991231235959Z')),
);

function timelessCopy(certificate: X509Certificate): string | undefined {
  const [tbs, algorithm, signature] = children(certificate.raw);
  if (tbs === undefined || algorithm === undefined || signature === undefined) return undefined;
  const parts = children(tbs);
  const version = parts[0]?.[0] === Tag.version ? parts.shift() : undefined;
  const [serial, signed, issuer, , subject, publicKey, ...rest] = parts;
  if (!serial || !signed || !issuer || !subject || !publicKey) return undefined;
  // A version 1 certificate cannot say that it is no CA: only one that names itself as issuer is taken for one.
  if (version === undefined && !issuer.equals(subject)) return undefined;
  const extensions = rest.find((part) => part[0] === Tag.extensions);
  return certificatePem(
    sequence(
      sequence(
        ...(version ? [version] : []),
        serial,
        signed,
        subject,
        forEver,
        subject,
        publicKey,
        ...(extensions ? [withoutIssuerKey(extensions)] : []),
      ),
      algorithm,
      signature,
    ),
  );
}

/** OID 2.5.29.35: names the issuer's key, which would contradict the new issuer. */
const authorityKeyIdentifier = Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x23]);

function withoutIssuerKey(extensions: Buffer): Buffer {
  const [list] = children(extensions);
  if (list === undefined) return extensions;
  const kept = children(list).filter((extension) => children(extension)[0]?.equals(authorityKeyIdentifier) !== true);
  return element(Tag.extensions, sequence(...kept));
}
