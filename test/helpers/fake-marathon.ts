import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** Marathon, and the log-in of DC/OS, on a real socket. */
export class FakeMarathon {
  port = 0;
  /** Apps by id, as the API shows them. */
  readonly apps = new Map<string, object>();
  /** Method, path and `authorization` of every request. */
  readonly asked: string[] = [];
  /** A status in place of every answer. */
  failing: number | undefined;
  /** The `authorization` that is let in; everyone without. */
  wants: string | undefined;
  /** The token that a log-in gives. */
  token = 'one';
  /** What was posted to log in. */
  readonly logins: { readonly uid: string; readonly token: string }[] = [];

  static async start(t: Pick<TestContext, 'after'>): Promise<FakeMarathon> {
    const fake = new FakeMarathon();
    const server = createServer((request, response) => fake.#answer(request, response));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    fake.port = (server.address() as AddressInfo).port;
    t.after(() => {
      server.close();
      server.closeAllConnections();
    });
    return fake;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, search } = new URL(request.url ?? '/', 'http://fake');
    const { authorization } = request.headers;
    this.asked.push(`${request.method} ${pathname}${search}${authorization === undefined ? '' : ` ${authorization}`}`);
    if (pathname === '/login') {
      let body = '';
      request
        .on('data', (part: Buffer) => (body += part))
        .on('end', () => {
          this.logins.push(JSON.parse(body) as FakeMarathon['logins'][number]);
          response.end(JSON.stringify({ token: this.token }));
        });
    } else if (this.failing !== undefined) response.writeHead(this.failing).end('failing');
    else if (this.wants !== undefined && authorization !== this.wants) response.writeHead(401).end('who are you');
    else this.#app(pathname.replace(/^.*\/v2\/apps/, ''), response);
  }

  #app(id: string, response: ServerResponse): void {
    if (id === '') response.end(JSON.stringify({ apps: [...this.apps.keys()].map((each) => ({ id: each })) }));
    else if (this.apps.has(id)) response.end(JSON.stringify({ app: { id, ...this.apps.get(id) } }));
    else response.writeHead(404).end(`{"message":"App '${id}' does not exist"}`);
  }
}
