import type { Clock } from '../../core/clock.ts';
import type { Closable } from '../../core/closable.ts';
import type { TraceId } from '../../core/telemetry/trace.ts';
import type { Caller } from './caller.ts';
import type { Share } from './choice.ts';
import type { Endpoint } from './endpoint.ts';
import { type FailureKind, MeshError } from './errors.ts';
import type { RequestHead } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';
import type { Classifier, Frame, Outcome } from './service.ts';
import type { Timeout } from './timeouts.ts';

/**
 * Takes the bytes of a body. The bytes are the caller's again when the call returns. A sink that is full says so by
 * pausing the source on the other side of the exchange.
 */
export interface Sink {
  write(bytes: Buffer, from: number, to: number): void;
  /** The body is complete; `trailers` is a block of lines, '' for none. */
  finish(trailers: string): void;
}

/** Where the bytes of a body come from. */
export interface Source {
  pause(): void;
  resume(): void;
}

/** The side that sent the request: it gives the request body and takes the response. */
export interface Downstream extends Sink, Source {
  readonly caller: Caller;
  /**
   * Writes the head of `x.response`. `length`: bytes of body to come, -1 where it is chunked or ends with the
   * connection (`write` then gets plain body bytes), -2 where there is none whatever the head says (HEAD, 204, 304).
   * `body`: the whole of a gathered body, which goes out with the head.
   */
  respond(x: Exchange, length: number, body: Buffer | undefined): void;
  /** A 1xx response other than 101, to be passed on at once. */
  inform(head: ResponseHead): void;
  /** The upstream is ready for the request body: what has been held may flow. */
  flow(x: Exchange): void;
}

/** The side that answers: it takes the request body and gives the response. */
export interface Upstream extends Sink, Source {}

/** Holds an answer back before anyone is shown its head. */
export interface Holder {
  /** The head is in; true where the holder will `pass` it later, having taken the place of `downstream`. */
  hold(x: Exchange): boolean;
}

/** A stage that holds an exchange and waits. */
export interface Waiting {
  /** Lets go of it: the exchange fails for another reason. Called at most once. */
  cancel(x: Exchange, why: MeshError): void;
}

/**
 * One request on its way through a router, and its own way back.
 *
 * The server makes one per request; every stage reads and writes this object, and no stage makes another. Fields that
 * do not apply yet are `undefined`, never absent, so that the engine sees one shape.
 */
export class Exchange {
  readonly request: RequestHead;
  /** The caller's side; another stands for it while an answer is held back. */
  downstream: Downstream;
  readonly clock: Clock;
  /** Clock readings in milliseconds: start of the request, of the present attempt, and its response head. */
  readonly startedAt: number;
  attemptAt = 0;
  respondedAt = 0;

  /** What this linker puts at the end of Via: the version it received the request in. */
  via = '1.1 linkerd';
  /** Length of the request body; 0 none, -1 unknown, until all of it has been gathered. */
  bodyLength: number;
  /** A body gathered before sending, so that it can be sent again; undefined where none or streamed. */
  body: Buffer | undefined = undefined;

  /** So much of a streamed body the caller's side keeps, to let it flow again; 0 where it does not, or no more. */
  keepBytes = 0;

  /** Shown form of the logical name, `/svc/users`, and of the override dtab, '' for none: the key of the path cache. */
  path = '';
  dtab = '';

  /** The span of the request, that of the present attempt, and what of it is written as `l5d-ctx-trace`. */
  trace: TraceId | undefined = undefined;
  span: TraceId | undefined = undefined;
  /** The trace begins here, whatever the caller said (`clearContext`). */
  tracesAnew = false;
  /** When the present attempt began, where spans are recorded. */
  spanAt = 0;
  attemptTrace: TraceId | undefined = undefined;
  /** `l5d-ctx-deadline` of the request, and as the present attempt writes it; '' for none. */
  deadline = '';
  attemptDeadline = '';
  /** Lines the mesh adds to the request of the present attempt, besides `share.lines`, the trace and the deadline. */
  context = '';

  /** Where the present attempt goes. */
  share: Share | undefined = undefined;
  endpoint: Endpoint | undefined = undefined;
  /** `host:port` the present attempt was sent to. */
  address = '';
  upstream: Upstream | undefined = undefined;
  waiting: Waiting | undefined = undefined;
  holder: Holder | undefined = undefined;
  serverTimer: Timeout | undefined = undefined;
  totalTimer: Timeout | undefined = undefined;
  attemptTimer: Timeout | undefined = undefined;
  /** The end of the time that the caller has given the whole call. */
  alarm: Closable | undefined = undefined;

  /** Attempts made by Retries, and connections tried by the balancer for this attempt. */
  retries = 0;
  requeues = 0;

  response: ResponseHead | undefined = undefined;
  status = 0;
  error: MeshError | undefined = undefined;
  outcome: Outcome = 'success';
  /** The response head has been passed on: this attempt is the one the caller sees, whatever becomes of the body. */
  committed = false;
  /** Judges attempts; the service's own once the request has a name. */
  classify: Classifier = byStatus;
  /** Trailers of the response, '' before they have come and where there are none. */
  trailers = '';
  /** Lines to add to the trailers, once everything about the answer is known. */
  conclude: ((x: Exchange) => string) | undefined = undefined;
  /** The origin has switched protocols (101), or a tunnel stands: both bodies are bytes until either side closes. */
  switched = false;
  /** Bytes that a tunnel has carried, towards the origin and back. */
  carriedUp = 0;
  carriedDown = 0;
  /** Set by Retries in `head`: end this attempt and send again. */
  again = false;
  /** The total time is over, or the caller gone: nothing may send it again. */
  over = false;

  readonly #frames: Frame[] = [];

  constructor(request: RequestHead, downstream: Downstream, bodyLength: number, clock: Clock) {
    this.request = request;
    this.downstream = downstream;
    this.bodyLength = bodyLength;
    this.clock = clock;
    this.startedAt = clock.now();
  }

  /** True where the whole request can be sent again. Bytes for a tunnel do not flow before it stands. */
  get replayable(): boolean {
    return (
      this.bodyLength === 0 ||
      this.body !== undefined ||
      this.keepBytes > 0 ||
      (this.request.method === 'CONNECT' && !this.committed)
    );
  }

  get depth(): number {
    return this.#frames.length;
  }

  enter(frame: Frame): void {
    this.#frames.push(frame);
  }

  /** The response head is in. True if it may go to `downstream`, false where the attempt will be made again. */
  head(response: ResponseHead): boolean {
    this.response = response;
    this.status = response.status;
    this.respondedAt = this.clock.now();
    this.outcome = this.classify(this);
    return this.holder?.hold(this) === true || this.pass();
  }

  /** Tells the frames, innermost first, that the response head is in. True if it may go to the caller. */
  pass(): boolean {
    for (let i = this.#frames.length - 1; i >= 0; i--) if (!(this.#frames[i] as Frame).head(this)) return false;
    this.committed = true;
    return true;
  }

  /** The response is complete: judges it anew by its trailers, and gives the trailers to pass on. */
  completed(trailers: string): string {
    if (trailers !== '') {
      this.trailers = trailers;
      this.outcome = this.classify(this);
    }
    return this.conclude === undefined ? trailers : trailers + this.conclude(this);
  }

  /** Ends the attempt: leaves the frames, innermost first, until one keeps the exchange. */
  end(): void {
    this.waiting = undefined;
    this.upstream = undefined;
    for (let frame = this.#frames.pop(); frame !== undefined; frame = this.#frames.pop()) if (!frame.end(this)) return;
  }

  /** An answer already passed on stays judged by its head, as in Linkerd (§8.1, observed); its body is cut short. */
  fail(error: MeshError): void {
    this.error = error;
    if (!this.committed) {
      this.respondedAt = this.clock.now();
      this.outcome = this.classify(this);
    }
    this.end();
  }

  refuse(kind: FailureKind, message: string, cause?: Error): void {
    this.fail(new MeshError(kind, message, cause === undefined ? undefined : { cause }));
  }

  /** Takes the exchange from the stage that waits with it, and fails it. */
  abort(error: MeshError): void {
    const waiting = this.waiting;
    this.waiting = undefined;
    waiting?.cancel(this, error);
    this.fail(error);
  }
}

/** Without a service to ask: server errors and failures to get an answer at all. */
const byStatus: Classifier = (x) => (x.error !== undefined || x.status >= 500 ? 'failure' : 'success');
