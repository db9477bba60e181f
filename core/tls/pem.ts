import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';

/** The certificates in a PEM text, in order; whatever stands around them is ignored. `source` names the text in errors. */
export function readCertificates(text: string, source: string): X509Certificate[] {
  const blocks = text.match(/-----BEGIN (?:X509 )?CERTIFICATE-----[^-]*-----END (?:X509 )?CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Error(`${source} has no PEM certificate`);
  return blocks.map((block, i) => {
    try {
      return new X509Certificate(block.replaceAll('X509 CERTIFICATE', 'CERTIFICATE'));
    } catch {
      throw new Error(`${source}: certificate ${i + 1} cannot be decoded`);
    }
  });
}

/** The private key in a PEM text (PKCS#8, PKCS#1 or SEC 1, not encrypted). Errors never quote the text. */
export function readPrivateKey(text: string, source: string): KeyObject {
  const [, block, label] = /(-----BEGIN ((?:[A-Z]+ )*PRIVATE KEY)-----[\s\S]*?-----END \2-----)/.exec(text) ?? [];
  if (block === undefined) throw new Error(`${source} has no PEM private key`);
  if (label === 'ENCRYPTED PRIVATE KEY' || block.includes('ENCRYPTED'))
    throw new Error(`${source}: the private key is encrypted`);
  try {
    return createPrivateKey(block);
  } catch {
    throw new Error(`${source}: the private key cannot be decoded`);
  }
}

/** PEM of a DER certificate. */
export function certificatePem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
