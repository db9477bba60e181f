import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { freePort } from '#test/helpers/free-port.ts';
import { RawClient } from '#test/helpers/raw-client.ts';
import { eventually } from '#test/helpers/within.ts';
import { programs } from './programs.ts';

const run = promisify(execFile);

/** The client and the server of gRPC's interoperability tests, in Go; the server listens at every address of this host. */
export class GrpcService {
  readonly port: number;
  readonly #client: string;
  readonly #server: ChildProcess;

  private constructor(port: number, client: string, server: ChildProcess) {
    this.port = port;
    this.#client = client;
    this.#server = server;
    process.once('exit', () => server.kill('SIGKILL'));
  }

  /** Resolves when the server listens. */
  static async start(): Promise<GrpcService> {
    const { client, server } = await programs();
    const port = await freePort();
    const service = new GrpcService(port, client, spawn(server, ['--port', String(port)], { stdio: 'ignore' }));
    const listens = async (): Promise<true | undefined> => {
      const probe = await RawClient.connect(port).catch(() => undefined);
      probe?.close();
      return probe && true;
    };
    await eventually(listens, 'the gRPC server listens', 20_000);
    return service;
  }

  /** What the client says of one case, sent to whoever listens there; '' where it is content. */
  outcome(name: string, port: number, host = '127.0.0.1'): Promise<string> {
    const words = ['--server_host', host, '--server_port', String(port), '--test_case', name];
    const env = { ...process.env, http_proxy: '', https_proxy: '', HTTP_PROXY: '', HTTPS_PROXY: '' };
    return run(this.#client, words, { timeout: 20_000, env }).then(
      () => '',
      (error: { stderr?: string; message: string }) => error.stderr || error.message,
    );
  }

  close(): void {
    this.#server.kill();
  }
}
