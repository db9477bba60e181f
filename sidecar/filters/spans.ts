import type { Span } from '../../core/telemetry/span.ts';
import type { Tracer } from '../../core/telemetry/tracer.ts';
import { type FailureKind, failures } from '../router/errors.ts';
import type { Exchange } from '../router/exchange.ts';
import type { Filter } from '../router/service.ts';

type Tags = Record<string, string>;

/** What every request to one server is recorded with. */
export interface ServerSpanOptions {
  readonly protocol: 'http' | 'h2';
  readonly router: string;
  /** `ip/port`. */
  readonly server: string;
  readonly dtab: string;
}

/**
 * Records the server span when the request is over, with the tags Linkerd gives it (§8.7). A request whose trace nobody
 * wants costs one question.
 */
export function serverSpan(tracer: Tracer, { protocol, router, server, dtab }: ServerSpanOptions): Filter {
  return {
    role: 'span',
    end(x) {
      const id = x.trace;
      if (id === undefined || !tracer.wants(id)) return;
      const { caller } = x.downstream;
      const tags: Tags = { 'router.label': router, 'dtab.base': dtab };
      if (x.dtab !== '') tags['dtab.local'] = x.dtab;
      if (x.path !== '') tags['service'] = x.path;
      if (x.share !== undefined) tags['client'] = x.share.client;
      describe(x, protocol, tags);
      const name = x.path === '' ? x.request.method : `${router} ${x.path}`;
      const ends = { local: caller.local, remote: caller.end };
      tracer.record({
        id,
        kind: 'SERVER',
        name,
        service: server,
        ...times(x, x.startedAt),
        ...ends,
        tags,
        annotations: [],
      });
    },
  };
}

/** Records the client span of an attempt, with all endpoints tried for it. */
export function clientSpan(tracer: Tracer, protocol: 'http' | 'h2', router: string): Filter {
  return {
    role: 'span',
    request(x) {
      x.spanAt = x.clock.now();
    },
    end(x) {
      const id = x.span;
      if (id === undefined || !tracer.wants(id)) return;
      const client = x.share?.client ?? '';
      const tags: Tags = { 'router.label': router, service: x.path, client };
      if (x.share !== undefined && x.share.residual !== '') tags['residual'] = x.share.residual;
      if (x.requeues > 0) tags['requeues'] = String(x.requeues);
      if (x.retries > 0) tags['retries'] = String(x.retries);
      describe(x, protocol, tags);
      const name = `${x.request.method} ${x.request.uri.replace(/[?#].*$/, '')}`;
      const address = x.endpoint?.address;
      const remote = address && { ip: address.host, port: address.port };
      const when = times(x, x.spanAt);
      const annotations = x.endpoint === undefined ? [] : annotated(x);
      tracer.record({
        id,
        kind: 'CLIENT',
        name,
        service: client.slice(1),
        ...when,
        local: undefined,
        remote,
        tags,
        annotations,
      });
    },
  };
}

/** What was asked, what came back, and how it was judged. */
function describe(x: Exchange, protocol: 'http' | 'h2', tags: Tags): void {
  const { request, response } = x;
  tags['http.uri'] = request.uri;
  tags['http.req.method'] = request.method;
  if (protocol === 'h2') tags['h2.req.authority'] = request.host;
  else {
    tags['http.req.host'] = request.host;
    tags['http.req.version'] = `HTTP/1.${request.minor}`;
  }
  if (x.bodyLength >= 0) tags['http.req.content-length'] = String(x.bodyLength);
  else if (protocol === 'http') tags['http.req.transfer-encoding'] = 'chunked';
  put(tags, 'http.req.content-type', request.get('content-type'));
  if (response !== undefined && (x.error === undefined || x.committed)) {
    tags[protocol === 'h2' ? 'h2.rsp.status' : 'http.rsp.status'] = String(x.status);
    if (protocol === 'http') tags['http.rsp.version'] = `HTTP/1.${response.minor}`;
    if (response.length >= 0) tags['http.rsp.content-length'] = String(response.length);
    put(tags, 'http.rsp.content-type', response.get('content-type'));
  } else if (x.error !== undefined) {
    tags['io.buoyant.router.Failure'] = failedAt(x.error.kind);
    tags['error'] = x.error.message;
  }
  tags['l5d.success'] = x.outcome === 'success' ? '1.0' : '0.0';
}

function put(tags: Tags, name: string, value: string | undefined): void {
  if (value !== undefined && value !== '') tags[name] = value;
}

/** The stage that gave up, as Linkerd calls it. */
function failedAt(kind: FailureKind): string {
  if (failures[kind].http === 400 || kind === 'badName') return 'Identification';
  return kind === 'unbound' || kind === 'bindFailed' || kind === 'bindTimeout' || kind === 'connect'
    ? 'ClientAcquisition'
    : 'Service';
}

/** From a reading of the clock to now, in microseconds. */
function times(x: Exchange, since: number): Pick<Span, 'startedUs' | 'durationUs'> {
  const took = x.clock.now() - since;
  return { startedUs: Math.round((x.clock.wall() - took) * 1000), durationUs: Math.round(took * 1000) };
}

/** When the request went onto the wire, and its answer began to come from it. */
function annotated(x: Exchange): Span['annotations'] {
  const now = x.clock.now();
  const wall = x.clock.wall();
  const at = (reading: number): number => Math.round((wall - (now - reading)) * 1000);
  const sent = { atUs: at(x.attemptAt), text: 'ws' };
  return x.error === undefined || x.committed ? [sent, { atUs: at(x.respondedAt), text: 'wr' }] : [sent];
}
