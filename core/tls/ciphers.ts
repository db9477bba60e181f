import { getCiphers } from 'node:tls';

/** Asked for only where a configuration names ciphers: a linker without TLS does not load it. */
const known = () => new Set(getCiphers().map((name) => name.toUpperCase()));

/** OpenSSL's cipher list of names in OpenSSL's or IANA's spelling, in their order. */
export function cipherList(names: readonly string[]): string {
  return names.map(openSslName).join(':');
}

export function unknownCiphers(names: readonly string[]): string[] {
  const all = known();
  return names.filter((name) => !all.has(openSslName(name).toUpperCase()));
}

/** `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256` is `ECDHE-RSA-AES128-GCM-SHA256`; TLS 1.3 suites have one spelling. */
function openSslName(name: string): string {
  const [, exchange, cipher] = /^TLS_(\w+)_WITH_(\w+)$/.exec(name) ?? [];
  if (exchange === undefined || cipher === undefined) return name;
  const suite = cipher
    .replace(/^AES_(128|256)/, 'AES$1')
    .replace('_CBC', '')
    .replace(/^CHACHA20_POLY1305_SHA256$/, 'CHACHA20_POLY1305');
  return (exchange === 'RSA' ? suite : `${exchange}_${suite}`).replaceAll('_', '-');
}
