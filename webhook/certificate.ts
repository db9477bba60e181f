import { createPrivateKey, generateKeyPair, randomBytes, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';

/** A CA and the serving certificate it signed; all PEM. `ca` may hold older CAs after the one that signs. */
export interface Material {
  readonly ca: string;
  readonly caKey: string;
  readonly cert: string;
  readonly key: string;
}

const dayMs = 24 * 3_600_000;
const caDays = 3650;
const leafDays = 30;
/** Clocks of a cluster differ. */
const skewMs = 5 * 60_000;

/**
 * The same material where it will do, else what it takes: a new serving certificate when two thirds of its life are
 * over or a name is missing, a new CA when that could not outlive the certificate. An old CA that is still valid stays
 * in the bundle, so that callers trust both while replicas change over.
 */
export async function refreshed(
  material: Material | undefined,
  names: readonly string[],
  nowMs: number,
): Promise<Material> {
  const held = material !== undefined && usable(material) ? material : undefined;
  const caIsGood = held !== undefined && certificateEndsMs(held.ca) - nowMs > leafDays * dayMs;
  const ca = caIsGood ? { ca: held.ca, caKey: held.caKey } : await authority(held?.ca, nowMs);
  if (caIsGood && leafIsGood(held.cert, names, nowMs)) return held;
  return { ...ca, ...(await leaf(ca, names, nowMs)) };
}

/** When the first certificate of a PEM text ends, in milliseconds since 1970. */
export const certificateEndsMs = (pem: string): number => new X509Certificate(pem).validToDate.getTime();

/** Whether the parts belong together. */
function usable({ ca, caKey, cert, key }: Material): boolean {
  try {
    const issuer = new X509Certificate(ca);
    const served = new X509Certificate(cert);
    const keysFit = issuer.checkPrivateKey(createPrivateKey(caKey)) && served.checkPrivateKey(createPrivateKey(key));
    return keysFit && served.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

function leafIsGood(pem: string, names: readonly string[], nowMs: number): boolean {
  const cert = new X509Certificate(pem);
  const from = cert.validFromDate.getTime();
  const until = cert.validToDate.getTime();
  const young = nowMs >= from && nowMs < from + ((until - from) * 2) / 3;
  return young && names.every((name) => (isAddress(name) ? cert.checkIP(name) : cert.checkHost(name)) !== undefined);
}

async function authority(previous: string | undefined, nowMs: number): Promise<Pick<Material, 'ca' | 'caKey'>> {
  const { publicKey, privateKey } = await rsaKey();
  const subject = [{ name: 'commonName', value: 'heddle-injector-ca' }];
  const ca = sign(
    { subject, issuer: subject, publicKey, days: caDays, nowMs },
    [
      { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
      { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
      { name: 'subjectKeyIdentifier' },
    ],
    privateKey,
  );
  const old =
    previous !== undefined && certificateEndsMs(previous) > nowMs ? new X509Certificate(previous).toString() : '';
  return { ca: `${ca}${old}`, caKey: privateKey };
}

async function leaf(
  { ca, caKey }: Pick<Material, 'ca' | 'caKey'>,
  names: readonly string[],
  nowMs: number,
): Promise<Pick<Material, 'cert' | 'key'>> {
  const { publicKey, privateKey } = await rsaKey();
  const issuer = forge.pki.certificateFromPem(ca);
  const cert = sign(
    {
      subject: [{ name: 'commonName', value: 'heddle-injector' }],
      issuer: issuer.subject.attributes,
      publicKey,
      days: leafDays,
      nowMs,
    },
    [
      { name: 'basicConstraints', critical: true, cA: false },
      { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) => (isAddress(name) ? { type: 7, ip: name } : { type: 2, value: name })),
      },
      { name: 'subjectKeyIdentifier' },
      { name: 'authorityKeyIdentifier', keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes() },
    ],
    caKey,
  );
  return { cert, key: privateKey };
}

interface ToSign {
  readonly subject: forge.pki.CertificateField[];
  readonly issuer: forge.pki.CertificateField[];
  readonly publicKey: string;
  readonly days: number;
  readonly nowMs: number;
}

function sign({ subject, issuer, publicKey, days, nowMs }: ToSign, extensions: object[], signingKey: string): string {
  const cert = forge.pki.createCertificate();
  cert.publicKey = forge.pki.publicKeyFromPem(publicKey);
  cert.serialNumber = serial();
  cert.validity.notBefore = new Date(nowMs - skewMs);
  cert.validity.notAfter = new Date(nowMs + days * dayMs);
  cert.setSubject(subject);
  cert.setIssuer(issuer);
  cert.setExtensions(extensions);
  cert.sign(forge.pki.privateKeyFromPem(signingKey), forge.md.sha256.create());
  return forge.pki.certificateToPem(cert).replaceAll('\r\n', '\n');
}

/** 16 random bytes, as hex; the first bits make it positive and of full length. */
function serial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return bytes.toString('hex');
}

/** Made by OpenSSL: forge can sign with RSA keys only, and makes them slowly. */
const rsaKey = (): Promise<{ publicKey: string; privateKey: string }> =>
  promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });

const isAddress = (name: string): boolean => /^[\d.]+$|:/.test(name);
