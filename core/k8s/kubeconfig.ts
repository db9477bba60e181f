import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import type { Target, TlsOptions } from './config.ts';

interface Cluster {
  readonly server?: string;
  readonly 'certificate-authority'?: string;
  readonly 'certificate-authority-data'?: string;
  readonly 'insecure-skip-tls-verify'?: boolean;
  readonly 'tls-server-name'?: string;
}

interface User {
  readonly token?: string;
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly 'client-certificate'?: string;
  readonly 'client-certificate-data'?: string;
  readonly 'client-key'?: string;
  readonly 'client-key-data'?: string;
  readonly exec?: unknown;
  readonly 'auth-provider'?: unknown;
}

interface Kubeconfig {
  readonly 'current-context'?: string;
  readonly contexts?: readonly { readonly name: string; readonly context?: { cluster?: string; user?: string } }[];
  readonly clusters?: readonly { readonly name: string; readonly cluster?: Cluster }[];
  readonly users?: readonly { readonly name: string; readonly user?: User }[];
}

/** A part of a kubeconfig with the folder its relative file names start from. */
interface Located<T> {
  readonly value: T;
  readonly folder: string;
}

/**
 * The current context of some kubeconfig files. As in kubectl, files that are not there are passed over and the first
 * file that has something wins.
 * @throws when nothing usable is found, or credentials are of a kind not built in (`exec`, `auth-provider`).
 */
export function kubeconfigTarget(files: readonly string[]): Target {
  const configs = files.flatMap(readConfig);
  const where = `kubeconfig ${files.join(':')}`;
  if (configs.length === 0) throw new Error(`${where}: no such file`);
  const context = configs.map((c) => c.value['current-context']).find((name) => name !== undefined && name !== '');
  if (context === undefined) throw new Error(`${where}: no current-context`);

  const refs = pick(configs, (c) => c.contexts?.find((e) => e.name === context)?.context);
  if (refs === undefined) throw new Error(`${where}: no context '${context}'`);
  const cluster = pick(configs, (c) => c.clusters?.find((e) => e.name === refs.value.cluster)?.cluster);
  if (cluster?.value.server === undefined) throw new Error(`${where}: no server for cluster '${refs.value.cluster}'`);
  const user = pick(configs, (c) => c.users?.find((e) => e.name === refs.value.user)?.user);
  if (user?.value.exec !== undefined || user?.value['auth-provider'] !== undefined) {
    throw new Error(
      `${where}: user '${refs.value.user}' needs a plug-in; only tokens, passwords and certificates work`,
    );
  }

  const url = new URL(cluster.value.server);
  const secure = url.protocol === 'https:';
  return {
    secure,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    basePath: url.pathname.replace(/\/+$/, ''),
    headers: user === undefined ? {} : authorization(user),
    tls: secure ? tlsOptions(cluster, user) : {},
  };
}

function readConfig(file: string): Located<Kubeconfig>[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const value: unknown = parse(text);
  return typeof value === 'object' && value !== null ? [{ value, folder: dirname(resolve(file)) }] : [];
}

function pick<T>(
  configs: readonly Located<Kubeconfig>[],
  of: (c: Kubeconfig) => T | undefined,
): Located<T> | undefined {
  for (const { value: config, folder } of configs) {
    const value = of(config);
    if (value !== undefined) return { value, folder };
  }
  return undefined;
}

function authorization({ value: user, folder }: Located<User>): Record<string, string> {
  const token =
    user.tokenFile === undefined ? user.token : readFileSync(resolve(folder, user.tokenFile), 'utf8').trim();
  if (token !== undefined && token !== '') return { authorization: `Bearer ${token}` };
  if (user.username === undefined) return {};
  const basic = Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64');
  return { authorization: `Basic ${basic}` };
}

function tlsOptions(cluster: Located<Cluster>, user: Located<User> | undefined): TlsOptions {
  const ca = pem(cluster, 'certificate-authority-data', 'certificate-authority');
  const cert = user && pem(user, 'client-certificate-data', 'client-certificate');
  const key = user && pem(user, 'client-key-data', 'client-key');
  const servername = cluster.value['tls-server-name'];
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(servername !== undefined && { servername }),
    ...(cluster.value['insecure-skip-tls-verify'] === true && { rejectUnauthorized: false }),
  };
}

/** Inline data wins over a file, as in kubectl. */
function pem<D extends string, F extends string>(
  at: Located<Readonly<Partial<Record<D | F, string | boolean>>>>,
  data: D,
  file: F,
): string | undefined {
  const inline = at.value[data];
  if (typeof inline === 'string' && inline !== '') return Buffer.from(inline, 'base64').toString('utf8');
  const name = at.value[file];
  return typeof name === 'string' && name !== '' ? readFileSync(resolve(at.folder, name), 'utf8') : undefined;
}
