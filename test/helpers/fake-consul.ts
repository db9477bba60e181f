import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** An instance of a service. */
export interface FakeInstance {
  readonly address: string;
  readonly serviceAddress?: string;
  readonly port: number;
  readonly tags?: readonly string[];
  readonly meta?: Readonly<Record<string, string>>;
  /** Of its health check; passing if absent. */
  readonly status?: string;
  readonly checkId?: string;
}

/** What the agent does with questions: answers, a status, a reset, no answer, half of one, nonsense, no index. */
export type ConsulMood = 'answer' | number | 'reset' | 'hang' | 'half' | 'nonsense' | 'no-index';

/** A Consul agent of the datacenter dc1 on a real socket: catalog, health and itself; it holds questions with an index. */
export class FakeConsul {
  /** Path and query of everything asked, in order. */
  readonly requests: string[] = [];
  readonly tokens = new Set<string | undefined>();
  port = 0;
  index = 10;
  /** How long a question waits for news; 5 minutes is what agents have. */
  holdMs = 300_000;
  /** What `/v1/agent/self` says; undefined: 403. */
  self: object | undefined = { Config: { Datacenter: 'dc1' }, DebugConfig: { DNSDomain: 'consul.' } };
  #mood: ConsulMood = 'answer';
  readonly #services = new Map<string, readonly FakeInstance[]>();
  readonly #held = new Set<() => void>();

  static async start(t: TestContext): Promise<FakeConsul> {
    const fake = new FakeConsul();
    const server = createServer((request, response) => fake.#asked(request, response));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    fake.port = (server.address() as AddressInfo).port;
    t.after(() => {
      server.close();
      server.closeAllConnections();
    });
    return fake;
  }

  /** Questions that wait for news. */
  get held(): number {
    return this.#held.size;
  }

  /** Sets the instances of a service and gives the news to all who wait. */
  put(datacenter: string, service: string, ...instances: readonly FakeInstance[]): void {
    this.#services.set(`${datacenter}/${service}`, instances);
    this.index += 1;
    this.#release();
  }

  /** Changes what is done with questions, those that are held included. */
  become(mood: ConsulMood): void {
    this.#mood = mood;
    this.#release();
  }

  /** The state of an older server, with an older index. */
  rewind(index: number): void {
    this.index = index;
    this.#release();
  }

  #release(): void {
    for (const go of [...this.#held]) go();
  }

  #asked(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push(request.url ?? '');
    this.tokens.add(request.headers['x-consul-token']?.toString());
    this.#handle(new URL(request.url ?? '/', 'http://fake'), response, true);
  }

  #handle(url: URL, response: ServerResponse, mayHold: boolean): void {
    const asked = url.searchParams.get('index');
    const waits = asked !== null && Number(asked) >= this.index;
    if (this.#mood === 'hang' || (waits && mayHold && this.#mood === 'answer')) this.#hold(url, response);
    else if (this.#mood === 'reset') response.socket?.resetAndDestroy();
    else if (typeof this.#mood === 'number') this.#say(response, this.#mood, 'rpc error');
    else if (this.#mood === 'nonsense') this.#say(response, 200, '{"Services":0}');
    else if (this.#mood === 'half') {
      response.writeHead(200, { 'content-length': 1000, 'x-consul-index': this.index });
      response.write('[', () => response.socket?.resetAndDestroy());
    } else this.#answer(url, response);
  }

  #hold(url: URL, response: ServerResponse): void {
    const go = (): void => {
      clearTimeout(timer);
      this.#held.delete(go);
      this.#handle(url, response, false);
    };
    const timer = this.#mood === 'hang' ? undefined : setTimeout(go, this.holdMs);
    this.#held.add(go);
    response.once('close', () => {
      clearTimeout(timer);
      this.#held.delete(go);
    });
  }

  #answer({ pathname, searchParams }: URL, response: ServerResponse): void {
    const [, api, service = ''] = /^\/v1\/(catalog|health)\/service\/([^/]+)$/.exec(pathname) ?? [];
    const datacenter = searchParams.get('dc') ?? 'dc1';
    if (pathname === '/v1/agent/self') {
      if (this.self === undefined) this.#say(response, 403, 'Permission denied');
      else this.#say(response, 200, JSON.stringify(this.self), false);
    } else if (api === undefined) this.#say(response, 404, '');
    else if (!/^dc\d$/.test(datacenter)) this.#say(response, 500, 'No path to datacenter');
    else {
      const all = this.#services.get(`${datacenter}/${decodeURIComponent(service)}`) ?? [];
      const tag = searchParams.get('tag');
      const tagged = all.filter((each) => tag === null || each.tags?.includes(tag));
      const passing = searchParams.get('passing') === 'true';
      const healthy = tagged.filter((each) => !passing || (each.status ?? 'passing') === 'passing');
      const body = api === 'catalog' ? tagged.map(inCatalog) : healthy.map(withHealth);
      this.#say(response, 200, JSON.stringify(body), this.#mood !== 'no-index');
    }
  }

  #say(response: ServerResponse, status: number, body: string, indexed = true): void {
    response.writeHead(status, indexed ? { 'x-consul-index': this.index } : {});
    response.end(body);
  }
}

function inCatalog(each: FakeInstance): object {
  return {
    Node: 'n1',
    Address: each.address,
    ServiceAddress: each.serviceAddress ?? '',
    ServicePort: each.port,
    ServiceTags: each.tags ?? null,
    ServiceMeta: each.meta ?? null,
  };
}

function withHealth(each: FakeInstance): object {
  return {
    Node: { Node: 'n1', Address: each.address },
    Service: { Address: each.serviceAddress ?? '', Port: each.port, Tags: each.tags ?? null, Meta: each.meta ?? null },
    Checks: [
      { CheckID: 'serfHealth', Status: 'passing' },
      { CheckID: each.checkId ?? 'service:web', Status: each.status ?? 'passing' },
    ],
  };
}
