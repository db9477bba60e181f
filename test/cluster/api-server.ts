import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Closable } from '#core/closable.ts';
import { type Binaries, clusterBinaries } from './binaries.ts';
import { Authority } from './certificates.ts';
import { GuardedProcess, sweepAfterwards } from './guarded-process.ts';
import { type Credentials, writeKubeconfig } from './kubeconfig-file.ts';

export interface ApiServerOptions {
  /** Also run kube-controller-manager: Deployments make pods, namespaces get a `default` service account. */
  readonly controllerManager?: boolean;
  /** More flags for kube-apiserver. */
  readonly flags?: readonly string[];
}

/**
 * A real etcd and kube-apiserver (1.36) with a data folder, ports and certificates of their own.
 *
 *     const api = await ApiServer.start({ controllerManager: true });
 *     after(() => api.stop());
 *     await api.kubectl(['apply', '-f', '-'], yaml);             // as admin; gives what it prints, throws with its words
 *     const pod = await api.get('/api/v1/namespaces/default/pods/x');   // as admin; parsed JSON
 *     env.KUBECONFIG = api.kubeconfig;                           // as admin; also api.url, api.ca (PEM), api.adminToken
 *     env.KUBECONFIG = await api.kubeconfigFor('ns', 'account'); // a service account with only the rights it was given
 *     await api.restart();                                       // the API server alone; the data stays
 *
 * There is no kubelet: pods stay Pending until a test writes their status. Webhooks are reached by `clientConfig.url`.
 * All processes end with `stop`, and with the test process however that ends.
 */
export class ApiServer {
  readonly url: string;
  readonly port: number;
  /** PEM certificate that signed the server's. */
  readonly ca: string;
  /** Path of a kubeconfig with all rights, by a client certificate. */
  readonly kubeconfig: string;
  readonly adminToken = 'admin-token';
  /** Own temporary folder, removed at the end. */
  readonly folder: string;
  readonly #binaries: Binaries;
  readonly #etcdPort: number;
  readonly #flags: readonly string[];
  readonly #processes: GuardedProcess[] = [];
  readonly #sweeper: Closable;
  #apiServer: GuardedProcess | undefined;

  private constructor(binaries: Binaries, ports: readonly number[], options: ApiServerOptions) {
    const [port = 0, etcdPort = 0] = ports;
    this.#binaries = binaries;
    this.#etcdPort = etcdPort;
    this.port = port;
    this.url = `https://127.0.0.1:${port}`;
    this.folder = mkdtempSync(join(tmpdir(), 'heddle-cluster-'));
    this.#sweeper = sweepAfterwards(this.folder);
    mkdirSync(this.#file('tls'));

    const authority = new Authority('test cluster');
    this.ca = authority.cert;
    const serving = authority.server('kubernetes', 'kubernetes.default', 'kubernetes.default.svc');
    const admin = authority.client('admin', 'system:masters');
    this.#write('tls/ca.crt', authority.cert);
    this.#write('tls/server.crt', serving.cert);
    this.#write('tls/server.key', serving.key);
    this.#write('tls/accounts.key', rsaKey());
    this.#write('tokens.csv', `${this.adminToken},admin,admin,"system:masters"\n`);
    this.kubeconfig = writeKubeconfig(this.#file('admin.kubeconfig'), this.url, this.ca, admin);
    this.#flags = [...this.#standardFlags(options), ...(options.flags ?? [])];
  }

  /** Ready to answer when it resolves, about three seconds after the binaries are there. */
  static async start(options: ApiServerOptions = {}): Promise<ApiServer> {
    const binaries = await clusterBinaries();
    const server = new ApiServer(binaries, await freePorts(3), options);
    try {
      const peer = `http://127.0.0.1:${(await freePorts(1))[0]}`;
      server.#run('etcd', binaries.etcd, server.#etcdFlags(peer));
      server.#startApiServer();
      await server.#ready();
      if (options.controllerManager === true) await server.#startControllers();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** Runs kubectl as `kubeconfig` (admin if not given) and gives what it prints. @throws with what it complains of. */
  kubectl(args: readonly string[], input = '', kubeconfig: string = this.kubeconfig): Promise<string> {
    const child = spawn(this.#binaries.kubectl, args, {
      env: { PATH: process.env['PATH'], HOME: this.folder, KUBECONFIG: kubeconfig },
    });
    let out = '';
    let complaints = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
    child.stdin.end(input);
    return new Promise((done, fail) => {
      child.once('error', fail).once('close', (status) => {
        if (status === 0) done(out);
        else fail(new Error(`kubectl ${args.join(' ')}: status ${status}: ${complaints}`));
      });
    });
  }

  /** `kubectl proxy` as `kubeconfig`: the API in plain HTTP, no credentials needed. */
  async proxy(kubeconfig: string = this.kubeconfig): Promise<{ readonly port: number; stop(): Promise<void> }> {
    const [port = 0] = await freePorts(1);
    const args = ['proxy', `--port=${port}`, `--kubeconfig=${kubeconfig}`];
    const proxy = this.#run('kubectl-proxy', this.#binaries.kubectl, args);
    await until('kubectl proxy', () => {
      proxy.check();
      return fetch(`http://127.0.0.1:${port}/readyz`).then((r) => r.ok);
    });
    return { port, stop: () => proxy.stop(1000) };
  }

  /** One request as admin. @throws unless it is answered with 2xx. */
  async send(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<unknown> {
    const { status, text } = await this.#request(method, path, body, contentType);
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${text}`);
    return JSON.parse(text);
  }

  get(path: string): Promise<unknown> {
    return this.send('GET', path);
  }

  /** A token of a service account that exists, good for an hour. */
  async serviceAccountToken(namespace: string, name: string): Promise<string> {
    return (await this.kubectl(['create', 'token', '-n', namespace, name, '--duration=1h'])).trim();
  }

  /** Path of a kubeconfig for a service account, which is made if need be (as is its namespace). */
  async kubeconfigFor(namespace: string, name: string): Promise<string> {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } };
    const space = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
    await this.kubectl(
      ['apply', '-f', '-'],
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [space, account] }),
    );
    return this.writeKubeconfig(`${namespace}-${name}`, { token: await this.serviceAccountToken(namespace, name) });
  }

  /** Path of a new kubeconfig for whatever credentials. */
  writeKubeconfig(name: string, credentials: Credentials): string {
    return writeKubeconfig(this.#file(`${name}.kubeconfig`), this.url, this.ca, credentials);
  }

  /** Ends kube-apiserver; connections break. With `graceMs` 0 by SIGKILL. */
  async stopApiServer(graceMs = 10_000): Promise<void> {
    await this.#apiServer?.stop(graceMs);
    this.#apiServer = undefined;
  }

  /** Starts kube-apiserver again, on the same port and data, and waits until it is ready. */
  async startApiServer(): Promise<void> {
    this.#startApiServer();
    await this.#ready();
  }

  async restart(graceMs?: number): Promise<void> {
    await this.stopApiServer(graceMs);
    await this.startApiServer();
  }

  /** Throws away etcd's history up to now, so that a watch from before is too old (410). */
  async compact(): Promise<void> {
    const call = async (path: string, body: object): Promise<{ header?: { revision?: string } }> => {
      const answer = await fetch(`http://127.0.0.1:${this.#etcdPort}${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`etcd ${path}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as { header?: { revision?: string } };
    };
    const range = await call('/v3/kv/range', { key: Buffer.from('/').toString('base64'), count_only: true });
    await call('/v3/kv/compaction', { revision: range.header?.revision, physical: true });
  }

  async stop(): Promise<void> {
    await this.stopApiServer(0);
    for (const process of this.#processes.reverse()) await process.stop(0);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
    this.#sweeper.close();
  }

  #startApiServer(): void {
    this.#apiServer = new GuardedProcess(
      'kube-apiserver',
      this.#binaries['kube-apiserver'],
      this.#flags,
      this.#file('kube-apiserver.log'),
    );
  }

  async #startControllers(): Promise<void> {
    const controllers = this.#run('kube-controller-manager', this.#binaries['kube-controller-manager'], [
      `--kubeconfig=${this.kubeconfig}`,
      '--bind-address=127.0.0.1',
      '--secure-port=0',
      '--leader-elect=false',
      '--controllers=*',
      '--use-service-account-credentials',
      `--service-account-private-key-file=${this.#file('tls/accounts.key')}`,
      `--root-ca-file=${this.#file('tls/ca.crt')}`,
    ]);
    await until('the default service account', () => {
      controllers.check();
      return this.#request('GET', '/api/v1/namespaces/default/serviceaccounts/default').then((r) => r.status === 200);
    });
  }

  #ready(): Promise<void> {
    return until('kube-apiserver', async () => {
      this.#apiServer?.check();
      return (await this.#request('GET', '/readyz')).status === 200;
    });
  }

  #run(name: string, program: string, args: readonly string[]): GuardedProcess {
    const process = new GuardedProcess(name, program, args, this.#file(`${name}.log`));
    this.#processes.push(process);
    return process;
  }

  #request(
    method: string,
    path: string,
    body?: unknown,
    type = 'application/json',
  ): Promise<{ status: number; text: string }> {
    const headers = {
      authorization: `Bearer ${this.adminToken}`,
      ...(body === undefined ? {} : { 'content-type': type }),
    };
    return new Promise((done, fail) => {
      const req = request(
        `${this.url}${path}`,
        { method, headers, ca: this.ca, agent: false, timeout: 30_000 },
        (res) => {
          let text = '';
          res.setEncoding('utf8').on('data', (part: string) => (text += part));
          res.once('end', () => done({ status: res.statusCode ?? 0, text })).once('error', fail);
        },
      );
      req.once('error', fail).once('timeout', () => req.destroy(new Error(`${method} ${path}: no answer`)));
      req.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  #etcdFlags(peer: string): string[] {
    const url = `http://127.0.0.1:${this.#etcdPort}`;
    return [
      `--data-dir=${this.#file('etcd')}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
    ];
  }

  #standardFlags(options: ApiServerOptions): string[] {
    return [
      `--etcd-servers=http://127.0.0.1:${this.#etcdPort}`,
      `--secure-port=${this.port}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      '--endpoint-reconciler-type=none',
      `--tls-cert-file=${this.#file('tls/server.crt')}`,
      `--tls-private-key-file=${this.#file('tls/server.key')}`,
      `--client-ca-file=${this.#file('tls/ca.crt')}`,
      `--service-account-key-file=${this.#file('tls/accounts.key')}`,
      `--service-account-signing-key-file=${this.#file('tls/accounts.key')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      '--service-cluster-ip-range=10.96.0.0/16',
      '--authorization-mode=Node,RBAC',
      `--token-auth-file=${this.#file('tokens.csv')}`,
      '--allow-privileged=true',
      '--profiling=false',
      // Without the controller manager nobody makes the account this plugin wants every pod to have.
      ...(options.controllerManager === true ? [] : ['--disable-admission-plugins=ServiceAccount']),
    ];
  }

  #file(name: string): string {
    return join(this.folder, name);
  }

  #write(name: string, text: string): void {
    writeFileSync(this.#file(name), text, { mode: 0o600 });
  }
}

function rsaKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
}

/** Ports nobody listens on now; all are held until all are found, so they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<typeof server>((done) => server.listen(0, '127.0.0.1', () => done(server)));
    }),
  );
  return Promise.all(
    servers.map((server) => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      return new Promise<number>((done) => server.close(() => done(port)));
    }),
  );
}

/** Asks again and again, errors counting as no, for a minute. */
async function until(what: string, ask: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      if (await ask()) return;
    } catch (error) {
      if (error instanceof Error && / ended with status /.test(error.message)) throw error;
    }
    if (Date.now() > deadline) throw new Error(`${what} was not ready within a minute`);
    await sleep(50);
  }
}
