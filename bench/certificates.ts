import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCa } from '#test/helpers/certs.ts';

/** Files of one mesh: its CA, and a P-256 certificate that serves as server's and client's. */
export interface Certificates {
  readonly ca: string;
  readonly cert: string;
  /** PKCS#8. */
  readonly key: string;
  /** Certificate and key in one file, as HAProxy wants them. */
  readonly pair: string;
  /** The DNS name in the certificate. */
  readonly name: string;
}

/** Makes a CA and a leaf in `dir`. */
export function makeCertificates(dir: string): Certificates {
  const name = 'proxy.bench';
  const ca = makeCa('bench CA');
  const leaf = ca.issue({ cn: name, dns: [name] });
  const write = (file: string, text: string) => {
    writeFileSync(join(dir, file), text);
    return join(dir, file);
  };
  return {
    ca: write('ca.pem', ca.cert),
    cert: write('cert.pem', leaf.cert),
    key: write('key.pem', leaf.key),
    pair: write('pair.pem', leaf.cert + leaf.key),
    name,
  };
}
