import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tool } from './tools.ts';

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

export const openssl: Tool = { command: 'openssl', debian: 'openssl' };

/** Makes a CA and a leaf in `dir`. */
export function makeCertificates(dir: string): Certificates {
  const at = (file: string) => join(dir, file);
  const run = (...words: readonly string[]) => execFileSync('openssl', words, { stdio: 'pipe' });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const name = 'proxy.bench';
  run(
    'req',
    '-x509',
    ...curve,
    '-subj',
    '/CN=bench CA',
    '-days',
    '2',
    '-keyout',
    at('ca-key.pem'),
    '-out',
    at('ca.pem'),
  );
  run('req', ...curve, '-subj', `/CN=${name}`, '-keyout', at('key.pem'), '-out', at('csr.pem'));
  writeFileSync(at('ext'), `subjectAltName=DNS:${name}\nextendedKeyUsage=serverAuth,clientAuth\n`);
  const sign = [
    '-CA',
    at('ca.pem'),
    '-CAkey',
    at('ca-key.pem'),
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    at('ext'),
  ];
  run('x509', '-req', '-in', at('csr.pem'), ...sign, '-out', at('cert.pem'));
  writeFileSync(at('pair.pem'), readFileSync(at('cert.pem'), 'utf8') + readFileSync(at('key.pem'), 'utf8'));
  return { ca: at('ca.pem'), cert: at('cert.pem'), key: at('key.pem'), pair: at('pair.pem'), name };
}
