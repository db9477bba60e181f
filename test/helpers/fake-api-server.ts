import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** A Kubernetes object as far as the fake cares. */
export interface FakeObject {
  readonly kind?: string;
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>>; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

interface Place {
  /** `/api/v1` or `/apis/<group>/<version>`. */
  readonly group: string;
  readonly namespace: string | undefined;
  readonly plural: string;
  readonly name: string | undefined;
}

interface Event {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly place: Place;
  readonly version: number;
  readonly object: FakeObject;
}

interface OpenWatch {
  readonly place: Place;
  readonly labels: readonly (readonly [string, string])[];
  readonly response: ServerResponse;
}

/**
 * A Kubernetes API on a real socket, in plain HTTP, that can be told to misbehave: objects are put in and taken out by
 * path, and every way a watch can break has its method.
 */
export class FakeApiServer {
  /** `GET /api/v1/…` of everything asked for, in order. */
  readonly requests: string[] = [];
  port = 0;
  /** Whether `discovery.k8s.io` is there at all. */
  servesSlices = true;
  /** Answers requests whose path holds the key with a status, in place of what they ask for. */
  readonly refusing = new Map<string, number>();
  /** Objects in a page of a list at most, whatever is asked for. */
  pageLimit = Number.POSITIVE_INFINITY;
  /** Lists are answered only after so many milliseconds. */
  listDelayMs = 0;
  /** Events are recorded but sent to nobody, as over a connection that has died. */
  mute = false;
  readonly #objects = new Map<string, { readonly place: Place; readonly object: FakeObject }>();
  readonly #watches = new Set<OpenWatch>();
  #version = 100;
  #history: Event[] = [];
  #forgotten = 0;

  static async start(t: Pick<TestContext, 'after'>): Promise<FakeApiServer> {
    const fake = new FakeApiServer();
    const server = createServer((request, response) => fake.#answer(request, response));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    fake.port = (server.address() as AddressInfo).port;
    t.after(() => {
      server.close();
      server.closeAllConnections();
    });
    return fake;
  }

  /** Makes or changes the object at a path such as `/api/v1/namespaces/default/services/web`. */
  put(path: string, object: FakeObject): void {
    const place = placeOf(path);
    if (place?.name === undefined) throw new Error(`no object can be at ${path}`);
    this.#version += 1;
    const metadata = { name: place.name, namespace: place.namespace, ...object.metadata };
    const stored = { ...object, metadata: { ...metadata, resourceVersion: String(this.#version) } };
    const type = this.#objects.has(path) ? 'MODIFIED' : 'ADDED';
    this.#objects.set(path, { place, object: stored });
    this.#happened({ type, place, version: this.#version, object: stored });
  }

  delete(path: string): void {
    const { place, object } = this.#objects.get(path) ?? {};
    if (place === undefined || object === undefined) throw new Error(`nothing is at ${path}`);
    this.#version += 1;
    this.#objects.delete(path);
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
    this.#happened({ type: 'DELETED', place, version: this.#version, object: last });
  }

  /** Watches that are open. */
  get watching(): number {
    return this.#watches.size;
  }

  /** Requests that ask for a list or an object, watches apart, with this in their path. */
  lists(text: string): number {
    return this.requests.filter((r) => r.includes(text) && !isWatch(r)).length;
  }

  watches(text: string): number {
    return this.requests.filter((r) => r.includes(text) && isWatch(r)).length;
  }

  /** Forgets the past, so that watches from before are told 410. */
  compact(): void {
    this.#history = [];
    this.#forgotten = this.#version;
  }

  /** Sends whatever bytes to every watch. */
  say(text: string | Uint8Array): void {
    for (const { response } of this.#watches) response.write(text);
  }

  /** Sends the present version to every watch. */
  bookmark(): void {
    for (const watch of this.#watches) {
      send(watch.response, 'BOOKMARK', { metadata: { resourceVersion: String(this.#version) } });
    }
  }

  /** Ends every watch: as servers do after a while, by a reset, or saying that its version is too old. */
  end(how: 'closed' | 'reset' | 'gone'): void {
    for (const watch of this.#watches) {
      if (how === 'reset') watch.response.socket?.resetAndDestroy();
      else {
        if (how === 'gone') send(watch.response, 'ERROR', status(410, 'too old resource version'));
        watch.response.end();
      }
      this.#watches.delete(watch);
    }
  }

  #happened(event: Event): void {
    this.#history.push(event);
    if (this.mute) return;
    for (const watch of this.#watches) if (sees(watch, event)) send(watch.response, event.type, event.object);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://fake');
    this.requests.push(`${request.method} ${request.url}`);
    const refused = [...this.refusing].find(([text]) => url.pathname.includes(text));
    const discovery = '/apis/discovery.k8s.io/v1';
    const hidden = url.pathname.startsWith(discovery) && !this.servesSlices;
    const place = placeOf(url.pathname.replace(/^(\/api\/v1|\/apis\/[^/]+\/[^/]+)\/watch\//, '$1/'));
    const labels = labelsOf(url);
    if (refused !== undefined) refuse(response, refused[1], 'refused');
    else if (url.pathname === discovery && !hidden) json(response, { resources: [{ name: 'endpointslices' }] });
    else if (url.pathname === '/apis/networking.k8s.io/v1') json(response, { resources: [{ name: 'ingresses' }] });
    else if (place === undefined || hidden) refuse(response, 404, 'no such resource');
    else if (isWatch(url.href)) this.#watch({ place, labels, response }, url.searchParams.get('resourceVersion'));
    else setTimeout(() => this.#list(place, labels, url, response), this.listDelayMs).unref();
  }

  #matching(place: Place, labels: OpenWatch['labels']): readonly FakeObject[] {
    const all = [...this.#objects.values()].filter((each) => sees({ place, labels }, each));
    return all.map((each) => each.object);
  }

  #list(place: Place, labels: OpenWatch['labels'], url: URL, response: ServerResponse): void {
    const all = this.#matching(place, labels);
    const [one] = all;
    const from = Number(url.searchParams.get('continue') ?? 0);
    const to = from + Math.min(this.pageLimit, Number(url.searchParams.get('limit') ?? Number.POSITIVE_INFINITY));
    const more = to < all.length ? { continue: String(to) } : {};
    if (place.name === undefined) {
      json(response, { metadata: { resourceVersion: String(this.#version), ...more }, items: all.slice(from, to) });
    } else if (one === undefined) refuse(response, 404, `${place.name} not found`);
    else json(response, one);
  }

  #watch(watch: OpenWatch, version: string | null): void {
    const { response } = watch;
    if (version !== null && Number(version) < this.#forgotten) {
      refuse(response, 410, 'too old resource version');
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    this.#watches.add(watch);
    response.once('close', () => this.#watches.delete(watch));
    if (version === null) {
      for (const object of this.#matching(watch.place, watch.labels)) send(response, 'ADDED', object);
    } else {
      for (const event of this.#history) {
        if (event.version > Number(version) && sees(watch, event)) send(response, event.type, event.object);
      }
    }
  }
}

function labelsOf(url: URL): OpenWatch['labels'] {
  const texts = (url.searchParams.get('labelSelector') ?? '').split(',').filter((text) => text !== '');
  return texts.map((text) => {
    const [key = '', value = ''] = text.split('=');
    return [key, value];
  });
}

function placeOf(path: string): Place | undefined {
  const parts = /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+))?\/([a-z]+)(?:\/([^/]+))?$/.exec(path);
  if (parts === null) return undefined;
  const [, group = '', namespace, plural = '', name] = parts;
  return { group, namespace, plural, name };
}

function isWatch(request: string): boolean {
  return /[?&]watch=true/.test(request) || request.includes('/watch/');
}

function sees(
  { place, labels }: Pick<OpenWatch, 'place' | 'labels'>,
  that: { readonly place: Place; readonly object: FakeObject },
): boolean {
  const same = (key: keyof Place): boolean => place[key] === undefined || place[key] === that.place[key];
  const placed = same('group') && same('namespace') && same('plural') && same('name');
  return placed && labels.every(([key, value]) => that.object.metadata?.labels?.[key] === value);
}

function send(response: ServerResponse, type: Event['type'], object: FakeObject): void {
  response.write(`${JSON.stringify({ type, object })}\n`);
}

function status(code: number, message: string): FakeObject {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code };
}

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function refuse(response: ServerResponse, code: number, message: string): void {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify(status(code, message)));
}
