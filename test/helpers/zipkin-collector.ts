import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as Zipkin's API has it, version 2. */
export interface ZipkinSpan {
  readonly traceId: string;
  readonly id: string;
  readonly parentId?: string;
  readonly kind: 'SERVER' | 'CLIENT';
  readonly name: string;
  readonly timestamp: number;
  readonly duration: number;
  readonly localEndpoint: { readonly serviceName: string };
  readonly remoteEndpoint?: { readonly ipv4?: string; readonly port?: number };
  readonly annotations?: readonly { readonly timestamp: number; readonly value: string }[];
  readonly tags: Readonly<Record<string, string>>;
}

/** Takes spans as Zipkin does, strictly: anything that is not of its JSON is a fault. */
export class ZipkinCollector {
  readonly spans: ZipkinSpan[] = [];
  readonly faults: string[] = [];
  posts = 0;
  /** What it answers. */
  status = 202;
  readonly #server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    this.posts += 1;
    if (request.method !== 'POST' || request.url !== '/api/v2/spans')
      this.faults.push(`${request.method} ${request.url}`);
    if (request.headers['content-type'] !== 'application/json') this.faults.push('not JSON by its type');
    for (const span of JSON.parse(body) as ZipkinSpan[]) {
      const wrong = fault(span);
      if (wrong !== undefined) this.faults.push(wrong);
      this.spans.push(span);
    }
    response.writeHead(this.status).end();
  });

  static async start(): Promise<ZipkinCollector> {
    const collector = new ZipkinCollector();
    await new Promise<void>((resolve) => collector.#server.listen(0, '127.0.0.1', resolve));
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api/v2/spans`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Zipkin's rules: https://zipkin.io/zipkin-api/zipkin2-api.yaml. */
function fault(span: ZipkinSpan): string | undefined {
  if (!/^([0-9a-f]{16}|[0-9a-f]{32})$/.test(span.traceId)) return `traceId ${span.traceId}`;
  if (!/^[0-9a-f]{16}$/.test(span.id)) return `id ${span.id}`;
  if (span.parentId !== undefined && !/^[0-9a-f]{16}$/.test(span.parentId)) return `parentId ${span.parentId}`;
  if (span.kind !== 'SERVER' && span.kind !== 'CLIENT') return `kind ${span.kind}`;
  if (!Number.isSafeInteger(span.timestamp) || span.timestamp < 1e15) return `timestamp ${span.timestamp}`;
  if (!Number.isSafeInteger(span.duration) || span.duration < 1) return `duration ${span.duration}`;
  const texts = [span.name, span.localEndpoint.serviceName, ...Object.values(span.tags)];
  return texts.every((text) => typeof text === 'string')
    ? undefined
    : `a value that is no text: ${JSON.stringify(span)}`;
}
