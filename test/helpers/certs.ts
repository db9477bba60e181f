import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { children, element, sequence, Tag } from '#core/tls/der.ts';
import { certificatePem } from '#core/tls/pem.ts';
import * as der from './der-values.ts';

/** A certificate with its key, as PEM; `chain` adds the intermediates between it and its root. */
export interface Issued {
  readonly cert: string;
  readonly chain: string;
  /** PKCS#8. */
  readonly key: string;
}

export interface CertificateSpec {
  /** The subject's CN, and its only name unless `dns`, `uri` or `ip` say more. */
  readonly cn: string;
  readonly dns?: readonly string[];
  readonly uri?: readonly string[];
  readonly ip?: readonly string[];
  /** Valid from an hour ago until so many days from now; negative: expired. 30 without it. */
  readonly days?: number;
  /** Valid only from so many days on. */
  readonly fromDays?: number;
  /** Extended key usage; both without it. */
  readonly usage?: readonly ('server' | 'client')[];
  readonly keyType?: 'p256' | 'rsa';
  /** 1: no extensions at all. */
  readonly version?: 1 | 3;
}

export interface CaSpec extends Omit<CertificateSpec, 'cn' | 'dns' | 'uri' | 'ip' | 'usage'> {
  /** How many CAs may stand below it. */
  readonly pathLength?: number;
  /** Only these DNS names and what is below them. */
  readonly permittedDns?: readonly string[];
}

/** A throw-away certificate authority for tests and demonstrations. */
export interface Ca extends Issued {
  issue(spec: CertificateSpec): Issued;
  intermediate(name: string, spec?: CaSpec): Ca;
}

export function makeCa(name: string, spec: CaSpec = {}): Ca {
  return authority({ cn: name, ...spec }, undefined);
}

/** Signs with any certificate's key, though it be no CA: what a thief of it could do. */
export function forgeWith(issued: Issued): Pick<Ca, 'issue'> {
  const { raw } = new X509Certificate(issued.cert);
  const [tbs = Buffer.alloc(0)] = children(raw);
  const parts = children(tbs);
  const name = parts[parts[0]?.[0] === Tag.version ? 5 : 4] ?? Buffer.alloc(0);
  const key = createPrivateKey(issued.key);
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const signer: Signer = { name, key, keyId: createHash('sha1').update(spki).digest(), chain: issued.chain };
  return { issue: (leaf) => certify(leaf, signer, () => leafExtensions(leaf)).issued };
}

interface Signer {
  readonly name: Buffer;
  readonly key: KeyObject;
  readonly keyId: Buffer;
  /** PEM of the signer and what stands above it, without the root. */
  readonly chain: string;
}

function authority(spec: CaSpec & { cn: string }, parent: Signer | undefined): Ca {
  const made = certify(spec, parent, (keyId) => [
    der.extension(
      der.oids.basicConstraints,
      true,
      sequence(der.boolean(true), ...(spec.pathLength === undefined ? [] : [der.integer(spec.pathLength)])),
    ),
    der.extension(der.oids.keyUsage, true, der.bitFlags(der.keyUsage.certSign, der.keyUsage.crlSign)),
    der.extension(der.oids.subjectKeyId, false, der.octets(keyId)),
    ...(spec.permittedDns === undefined
      ? []
      : [der.extension(der.oids.nameConstraints, true, permitted(spec.permittedDns))]),
  ]);
  const signer: Signer = { ...made.signer, chain: parent === undefined ? '' : made.issued.chain };
  return {
    ...made.issued,
    issue: (leaf) => certify(leaf, signer, () => leafExtensions(leaf)).issued,
    intermediate: (name, below = {}) => authority({ cn: name, ...below }, signer),
  };
}

function leafExtensions(spec: CertificateSpec): Buffer[] {
  const names = [
    ...(spec.dns ?? []).map((dns) => der.context(2, Buffer.from(dns))),
    ...(spec.uri ?? []).map((uri) => der.context(6, Buffer.from(uri))),
    ...(spec.ip ?? []).map((ip) => der.context(7, der.address(ip))),
  ];
  const usages = (spec.usage ?? ['server', 'client']).map((usage) =>
    usage === 'server' ? der.oids.serverAuth : der.oids.clientAuth,
  );
  return [
    der.extension(der.oids.basicConstraints, true, sequence()),
    der.extension(der.oids.keyUsage, true, der.bitFlags(der.keyUsage.digitalSignature)),
    der.extension(der.oids.extendedKeyUsage, false, sequence(...usages)),
    ...(names.length === 0 ? [] : [der.extension(der.oids.subjectAltName, false, sequence(...names))]),
  ];
}

function permitted(names: readonly string[]): Buffer {
  return sequence(element(0xa0, ...names.map((name) => sequence(der.context(2, Buffer.from(name))))));
}

function certify(
  spec: CertificateSpec,
  parent: Signer | undefined,
  extensions: (keyId: Buffer) => Buffer[],
): { issued: Issued; signer: Signer } {
  const { publicKey, privateKey } = newKey(spec.keyType ?? 'p256');
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const keyId = createHash('sha1').update(spki).digest();
  const name = der.commonName(spec.cn);
  const signer = parent ?? { name, key: privateKey, keyId, chain: '' };
  const algorithm = signer.key.asymmetricKeyType === 'rsa' ? der.rsaSha256 : der.ecdsaSha256;
  const hour = 3_600_000;
  const until = Date.now() + (spec.days ?? 30) * 24 * hour;
  const from =
    spec.fromDays === undefined ? Math.min(Date.now(), until) - hour : Date.now() + spec.fromDays * 24 * hour;
  const tbs = sequence(
    ...(spec.version === 1 ? [] : [element(Tag.version, der.integer(2))]),
    element(0x02, Buffer.concat([Buffer.from([0x01]), randomBytes(15)])),
    algorithm,
    signer.name,
    sequence(der.time(new Date(from)), der.time(new Date(until))),
    name,
    spki,
    ...(spec.version === 1
      ? []
      : [
          element(
            Tag.extensions,
            sequence(
              ...extensions(keyId),
              der.extension(der.oids.authorityKeyId, false, sequence(der.context(0, signer.keyId))),
            ),
          ),
        ]),
  );
  const cert = certificatePem(sequence(tbs, algorithm, der.bits(sign('sha256', tbs, signer.key))));
  const key = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return { issued: { cert, key, chain: cert + signer.chain }, signer: { name, key: privateKey, keyId, chain: '' } };
}

function newKey(type: 'p256' | 'rsa'): { publicKey: KeyObject; privateKey: KeyObject } {
  return type === 'rsa'
    ? generateKeyPairSync('rsa', { modulusLength: 2048 })
    : generateKeyPairSync('ec', { namedCurve: 'P-256' });
}
