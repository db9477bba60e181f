import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Closable } from '#core/closable.ts';
import { type Ca, makeCa } from '#test/helpers/certs.ts';
import { freePort, freePorts } from '#test/helpers/free-port.ts';
import { type Binaries, clusterBinaries } from './binaries.ts';
import { apiServerFlags, controllerFlags, etcdFlags, type Layout } from './flags.ts';
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
 *     const pod = await api.send('GET', '/api/v1/namespaces/default/pods/x');   // as admin; parsed JSON
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
  /** Signed the server's certificate. Whoever has one signed by it is the user its CN names. */
  readonly authority: Ca = makeCa('test cluster');
  /** The authority's certificate, PEM. */
  readonly ca: string = this.authority.cert;
  readonly adminToken = 'admin-token';
  /** Path of a kubeconfig with all rights. */
  readonly kubeconfig: string;
  /** Own temporary folder, removed at the end. */
  readonly folder = mkdtempSync(join(tmpdir(), 'heddle-cluster-'));
  readonly #binaries: Binaries;
  readonly #layout: Layout;
  readonly #flags: readonly string[];
  readonly #processes: GuardedProcess[] = [];
  readonly #sweeper: Closable = sweepAfterwards(this.folder);
  #apiServer: GuardedProcess | undefined;

  private constructor(binaries: Binaries, ports: readonly number[], options: ApiServerOptions) {
    const [apiPort = 0, etcdPort = 0, peerPort = 0] = ports;
    const controllers = options.controllerManager === true;
    this.#binaries = binaries;
    this.#layout = { folder: this.folder, apiPort, etcdPort, peerPort, controllers };
    this.#flags = [...apiServerFlags(this.#layout), ...(options.flags ?? [])];
    this.port = apiPort;
    this.url = `https://127.0.0.1:${apiPort}`;

    const names = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'];
    const serving = this.authority.issue({ cn: 'kube-apiserver', dns: names, ip: ['127.0.0.1'], usage: ['server'] });
    const accounts = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    this.#write('ca.crt', this.ca);
    this.#write('server.crt', serving.cert);
    this.#write('server.key', serving.key);
    this.#write('accounts.key', String(accounts.export({ type: 'sec1', format: 'pem' })));
    this.#write('tokens.csv', `${this.adminToken},admin,admin,"system:masters"\n`);
    this.kubeconfig = this.writeKubeconfig('admin', { token: this.adminToken });
  }

  /** Ready to answer when it resolves, about three seconds after the binaries are there. */
  static async start(options: ApiServerOptions = {}): Promise<ApiServer> {
    const server = new ApiServer(await clusterBinaries(), await freePorts(3), options);
    try {
      server.#run('etcd', server.#binaries.etcd, etcdFlags(server.#layout));
      await server.startApiServer();
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

  /** `kubectl proxy` as `kubeconfig`, on a free port unless one is given: the API in plain HTTP, without credentials. */
  async proxy(
    kubeconfig: string = this.kubeconfig,
    at?: number,
  ): Promise<{ readonly port: number; stop(): Promise<void> }> {
    const port = at ?? (await freePort());
    const args = ['proxy', `--port=${port}`, `--kubeconfig=${kubeconfig}`];
    const proxy = this.#run('kubectl-proxy', this.#binaries.kubectl, args);
    await until('kubectl proxy', async () => {
      proxy.check();
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
      return (await answer.text()) === 'ok';
    });
    return { port, stop: () => proxy.stop(1000) };
  }

  /** One request as admin; gives the parsed answer. @throws unless that is 2xx. */
  async send(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<unknown> {
    const { status, text } = await this.#request(method, path, body, contentType);
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${text}`);
    return JSON.parse(text);
  }

  /** A token of a service account that exists, good for an hour. */
  async serviceAccountToken(namespace: string, name: string): Promise<string> {
    return (await this.kubectl(['create', 'token', '-n', namespace, name, '--duration=1h'])).trim();
  }

  /** Path of a kubeconfig for a service account, which is made if need be (as is its namespace). */
  async kubeconfigFor(namespace: string, name: string): Promise<string> {
    const items = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
    ];
    await this.kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    return this.writeKubeconfig(`${namespace}-${name}`, { token: await this.serviceAccountToken(namespace, name) });
  }

  /** Path of a new kubeconfig for whatever credentials. */
  writeKubeconfig(name: string, credentials: Credentials): string {
    return writeKubeconfig(join(this.folder, `${name}.kubeconfig`), this.url, this.ca, credentials);
  }

  /** Ends kube-apiserver; connections break. With `graceMs` 0 by SIGKILL. */
  async stopApiServer(graceMs = 5_000): Promise<void> {
    await this.#apiServer?.stop(graceMs);
    this.#apiServer = undefined;
  }

  /** Starts kube-apiserver, again on the same port and data, and waits until it is ready. */
  async startApiServer(): Promise<void> {
    const log = join(this.folder, 'kube-apiserver.log');
    const server = new GuardedProcess('kube-apiserver', this.#binaries['kube-apiserver'], this.#flags, log);
    this.#apiServer = server;
    await until('kube-apiserver', async () => {
      server.check();
      return (await this.#request('GET', '/readyz')).status === 200;
    });
  }

  async restart(graceMs?: number): Promise<void> {
    await this.stopApiServer(graceMs);
    await this.startApiServer();
  }

  /** Throws away etcd's history up to now, so that a version from before is too old to watch from (410). */
  async compact(): Promise<void> {
    const call = async (path: string, body: object): Promise<{ readonly header?: { readonly revision?: string } }> => {
      const url = `http://127.0.0.1:${this.#layout.etcdPort}${path}`;
      const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
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

  async #startControllers(): Promise<void> {
    const program = this.#binaries['kube-controller-manager'];
    const flags = controllerFlags(this.#layout, this.kubeconfig);
    const controllers = this.#run('kube-controller-manager', program, flags);
    await until('the default service account', () => {
      controllers.check();
      return this.#request('GET', '/api/v1/namespaces/default/serviceaccounts/default').then((r) => r.status === 200);
    });
  }

  #run(name: string, program: string, args: readonly string[]): GuardedProcess {
    const process = new GuardedProcess(name, program, args, join(this.folder, `${name}.log`));
    this.#processes.push(process);
    return process;
  }

  #request(
    method: string,
    path: string,
    body?: unknown,
    type = 'application/json',
  ): Promise<{ status: number; text: string }> {
    const headers = { authorization: `Bearer ${this.adminToken}`, ...(body !== undefined && { 'content-type': type }) };
    const options = { method, headers, ca: this.ca, agent: false, timeout: 30_000 } as const;
    return new Promise((done, fail) => {
      const req = request(`${this.url}${path}`, options, (res) => {
        let text = '';
        res.setEncoding('utf8').on('data', (part: string) => (text += part));
        res.once('end', () => done({ status: res.statusCode ?? 0, text })).once('error', fail);
      });
      req.once('error', fail).once('timeout', () => req.destroy(new Error(`${method} ${path}: no answer`)));
      req.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  #write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text, { mode: 0o600 });
  }
}

/** Asks again and again for a minute; errors count as no, unless a program ended by itself. */
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
