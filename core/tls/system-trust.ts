import { getCACertificates } from 'node:tls';

let all: readonly string[] | undefined;

/** PEM of the CAs that hold where none are configured: the machine's and those that come with Node. Read once. */
export function systemTrust(): readonly string[] {
  all ??= [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
  return all;
}
