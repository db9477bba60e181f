import type { Activity } from '../reactive/activity.ts';
import type { Api } from './api.ts';
import { object } from './resource.ts';
import type { KubeObject, Secret } from './resources.ts';

/** A certificate chain and its key as a Secret of the type `kubernetes.io/tls` has them, in PEM. */
export interface TlsSecret {
  readonly cert: string;
  readonly key: string;
}

/** Follows one Secret; undefined while there is none, or it has not both. Other keys of it are not kept. */
export function tlsSecretOf(api: Api, namespace: string, name: string): Activity<TlsSecret | undefined> {
  return api.secrets.of(object('/api/v1', namespace, 'secrets', name, readSecret)).map((found) => {
    const [secret] = found.values();
    const [cert = '', key = ''] = ['tls.crt', 'tls.key'].map((each) => decoded(secret?.data?.[each]));
    return cert === '' || key === '' ? undefined : { cert, key };
  });
}

const decoded = (base64 = ''): string => Buffer.from(base64, 'base64').toString('utf8');

function readSecret(object: KubeObject): Secret {
  const { 'tls.crt': cert = '', 'tls.key': key = '' } = (object as Secret).data ?? {};
  return { data: { 'tls.crt': cert, 'tls.key': key } };
}
