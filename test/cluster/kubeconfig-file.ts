import { writeFileSync } from 'node:fs';

/** How a user proves who they are. */
export type Credentials = { readonly token: string } | { readonly cert: string; readonly key: string };

/** Writes a kubeconfig (JSON is YAML) with one context; all data inline. */
export function writeKubeconfig(path: string, server: string, ca: string, user: Credentials): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': base64(ca) } }],
    users: [
      {
        name: 'test',
        user:
          'token' in user
            ? { token: user.token }
            : { 'client-certificate-data': base64(user.cert), 'client-key-data': base64(user.key) },
      },
    ],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  };
  writeFileSync(path, JSON.stringify(config, undefined, 2), { mode: 0o600 });
  return path;
}
