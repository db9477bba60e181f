import { readFileSync } from 'node:fs';
import { kubeconfigTarget } from './kubeconfig.ts';

/** Where an API server is and what to say to be let in. Files are read when this is made, so make it for each request. */
export interface Target {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** What stands before `/api`, without a slash at its end; mostly empty. */
  readonly basePath: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsOptions;
}

/** As `node:tls` has them; all texts PEM. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** The keys of a configuration section that talks to Kubernetes; both mean a `kubectl proxy`, in plain HTTP. */
export interface ProxyAddress {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Finds the API server: a configured `host` or `port`, else the service account of the pod we are in, else
 * `KUBECONFIG`, else a `kubectl proxy` at localhost:8001, where Linkerd 1.x looks.
 * @throws when a file it needs cannot be read or understood.
 */
export function findApi(proxy: ProxyAddress, env: Env, folder = accountFolder): Target {
  if (proxy.host !== undefined || proxy.port !== undefined) return plain(proxy);
  const pod = inCluster(env, folder);
  if (pod !== undefined) return pod;
  const kubeconfig = env['KUBECONFIG'];
  return kubeconfig === undefined || kubeconfig === '' ? plain({}) : kubeconfigTarget(kubeconfig.split(':'));
}

function plain(proxy: ProxyAddress): Target {
  const { host = 'localhost', port = 8001 } = proxy;
  return { secure: false, host, port, basePath: '', headers: {}, tls: {} };
}

/** Only where the token is there: with `automountServiceAccountToken: false` a pod has the variables all the same. */
function inCluster(env: Env, folder: string): Target | undefined {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = Number(env['KUBERNETES_SERVICE_PORT']);
  if (host === undefined || host === '' || !(port > 0)) return undefined;
  const token = tokenIn(`${folder}/token`);
  if (token === undefined) return undefined;
  return {
    secure: true,
    host,
    port,
    basePath: '',
    headers: { authorization: `Bearer ${token}` },
    tls: { ca: readFileSync(`${folder}/ca.crt`, 'utf8') },
  };
}

function tokenIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
