import { generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';

/** A certificate and its key, both PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** A throw-away certificate authority with what one API server needs from it. All good for one day, RSA 2048. */
export class Authority {
  readonly #pair: KeyPair;
  readonly #name: forge.pki.CertificateField[];
  #serial = 1;

  constructor(commonName: string) {
    this.#name = [{ name: 'commonName', value: commonName }];
    const key = newKey();
    const cert = this.#blank(key, this.#name);
    cert.setExtensions([
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
      { name: 'subjectKeyIdentifier' },
    ]);
    this.#pair = sign(cert, key, key);
  }

  /** The authority's own certificate, to be trusted. */
  get cert(): string {
    return this.#pair.cert;
  }

  /** For a server at 127.0.0.1, `localhost` and the given DNS names. */
  server(...dnsNames: readonly string[]): KeyPair {
    return this.#issue([{ name: 'commonName', value: 'kube-apiserver' }], { serverAuth: true }, [
      { type: 7, ip: '127.0.0.1' },
      ...['localhost', ...dnsNames].map((value) => ({ type: 2, value })),
    ]);
  }

  /** For a user of the Kubernetes API; the organization is the group. */
  client(user: string, group: string): KeyPair {
    const subject = [
      { name: 'commonName', value: user },
      { name: 'organizationName', value: group },
    ];
    return this.#issue(subject, { clientAuth: true }, []);
  }

  #issue(subject: forge.pki.CertificateField[], usage: object, altNames: readonly object[]): KeyPair {
    const key = newKey();
    const cert = this.#blank(key, subject);
    cert.setExtensions([
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'extKeyUsage', ...usage },
      ...(altNames.length > 0 ? [{ name: 'subjectAltName', altNames }] : []),
    ]);
    return sign(cert, key, this.#pair.key);
  }

  #blank(key: string, subject: forge.pki.CertificateField[]): forge.pki.Certificate {
    const cert = forge.pki.createCertificate();
    const private_ = forge.pki.privateKeyFromPem(key);
    cert.publicKey = forge.pki.setRsaPublicKey(private_.n, private_.e);
    cert.serialNumber = (this.#serial++).toString(16).padStart(4, '0');
    cert.validity.notBefore = new Date(Date.now() - 60_000);
    cert.validity.notAfter = new Date(Date.now() + 86_400_000);
    cert.setSubject(subject);
    cert.setIssuer(this.#name);
    return cert;
  }
}

/** By OpenSSL; making the key in JavaScript takes seconds. */
function newKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
}

function sign(cert: forge.pki.Certificate, key: string, by: string): KeyPair {
  cert.sign(forge.pki.privateKeyFromPem(by), forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(cert), key };
}
