import { failures, type MeshError } from '../../router/errors.ts';
import type { RequestHead } from '../../router/request-head.ts';
import { ResponseHead } from '../../router/response-head.ts';
import { errorLines } from '../error-lines.ts';

/** What a refusal is made of besides the error. */
export interface RefusalParts {
  /** Nothing of the mesh is told. */
  readonly clearContext: boolean;
  readonly errorBytes: number;
  readonly headerBytes: number;
}

/** An answer of the mesh's own: a head, the length it tells, -1 for none, and a body, which may be empty. */
export interface Refusal {
  readonly head: ResponseHead;
  readonly length: number;
  readonly body: Buffer;
}

const NOTHING = Buffer.alloc(0);

/** The answer to a request that failed, as Linkerd gives it. */
export function refusal(error: MeshError, request: RequestHead, side: RefusalParts): Refusal {
  const bare = side.clearContext;
  const text = Buffer.from(bare ? '' : error.message, 'utf8').subarray(0, side.errorBytes);
  const head = new ResponseHead();
  head.status = failures[error.kind].http;
  if (!bare) head.lines = errorLines(error, side.headerBytes);
  return { head, length: bare ? -1 : text.length, body: request.method === 'HEAD' ? NOTHING : text };
}

/** Whether a request is a gRPC call, whose failures are statuses of gRPC. */
export function isGrpc(request: RequestHead): boolean {
  return /^application\/grpc(?:[+;]|$)/i.test(request.get('content-type') ?? '');
}

/** The same for a gRPC call: an answer of trailers alone (gRPC over HTTP/2, Trailers-Only). */
export function grpcRefusal(error: MeshError, side: RefusalParts): Refusal {
  const message = side.clearContext ? '' : percentEncoded(error.message).slice(0, side.headerBytes);
  const lines = side.clearContext ? '' : errorLines(error, side.headerBytes).replace(/content-type:.*\r\n/i, '');
  const head = new ResponseHead();
  head.status = 200;
  head.lines = `content-type: application/grpc\r\ngrpc-status: ${failures[error.kind].grpc}\r\n${
    message === '' ? '' : `grpc-message: ${message}\r\n`
  }${lines}`;
  return { head, length: -1, body: NOTHING };
}

/** `grpc-message`: printable ASCII but for `%`, everything else as bytes of UTF-8 behind one. */
function percentEncoded(text: string): string {
  return text.replace(/[^ -$&-~]+/g, (odd) =>
    [...Buffer.from(odd, 'utf8')].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
