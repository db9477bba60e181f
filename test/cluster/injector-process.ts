import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:https';
import { fileURLToPath } from 'node:url';

const heddle = fileURLToPath(new URL('../../bin/heddle', import.meta.url));

/** `heddle injector` as a process of its own, on a port that the system chooses. */
export class InjectorProcess {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  /** Ready for reviews when it resolves. Rejects with what it wrote when it ends before that. */
  static async start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<InjectorProcess> {
    const child = spawn(heddle, ['injector', '--ip=127.0.0.1', '--port=0', ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let log = '';
    const port = await new Promise<number>((found, failed) => {
      child.stderr.setEncoding('utf8').on('data', (part: string) => {
        log += part;
        const serving = /"port":(\d+)[^\n]*"msg":"injector serving"/.exec(log);
        if (serving !== null) found(Number(serving[1]));
      });
      child.once('error', failed).once('exit', (code) => failed(new Error(`the injector ended with ${code}: ${log}`)));
    });
    const injector = new InjectorProcess(child, port);
    for (let i = 0; i < 200; i++) {
      if ((await injector.get('/readyz')).status === 200) return injector;
      await new Promise((later) => setTimeout(later, 25));
    }
    await injector.kill();
    throw new Error(`the injector was not ready in time: ${log}`);
  }

  get(path: string): Promise<{ readonly status: number; readonly text: string }> {
    return new Promise((done, failed) => {
      const options = { host: '127.0.0.1', port: this.port, path, rejectUnauthorized: false, agent: false } as const;
      request(options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.once('end', () => done({ status: response.statusCode ?? 0, text }));
      })
        .once('error', failed)
        .end();
    });
  }

  /** Sum of the reviews whose labels contain all of these texts, such as `dry_run="true"`. */
  async reviews(...labels: readonly string[]): Promise<number> {
    const { text } = await this.get('/metrics');
    const lines = text.split('\n').filter((line) => line.startsWith('heddle_injector_reviews_total{'));
    return lines
      .filter((line) => labels.every((label) => line.includes(label)))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  /** SIGTERM; gives the exit status once it has drained. */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
    return this.#child.exitCode;
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}
