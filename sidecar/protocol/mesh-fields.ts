import type { RequestHead } from '../router/request-head.ts';
import type { ResponseHead } from '../router/response-head.ts';

/** Field names that the codec or the mesh treats itself; everything else is forwarded as it came. */
export const Field = {
  other: 0,
  host: 1,
  contentLength: 2,
  transferEncoding: 3,
  connection: 4,
  upgrade: 5,
  expect: 6,
  via: 7,
  /** Taken out and not forwarded: hop-by-hop, or set anew by the mesh. */
  dropped: 8,
  ctxTrace: 9,
  ctxDeadline: 10,
  ctxDtab: 11,
  userDtab: 12,
  sample: 13,
  residual: 14,
  retryable: 15,
  successClass: 16,
  nack: 17,
  dstService: 18,
  dstClient: 19,
  /** Ends here where Connection lists it, and goes on otherwise, as in Linkerd. */
  keepAlive: 20,
  traceparent: 21,
} as const;

export type FieldId = (typeof Field)[keyof typeof Field];

export const requestNames: Readonly<Record<string, FieldId>> = {
  host: Field.host,
  'content-length': Field.contentLength,
  'transfer-encoding': Field.transferEncoding,
  connection: Field.connection,
  'keep-alive': Field.keepAlive,
  upgrade: Field.upgrade,
  expect: Field.expect,
  via: Field.via,
  'proxy-connection': Field.dropped,
  te: Field.dropped,
  trailer: Field.dropped,
  'proxy-authenticate': Field.dropped,
  'proxy-authorization': Field.dropped,
  'l5d-ctx-trace': Field.ctxTrace,
  'l5d-ctx-deadline': Field.ctxDeadline,
  'l5d-ctx-dtab': Field.ctxDtab,
  'l5d-dtab': Field.userDtab,
  'l5d-sample': Field.sample,
  'l5d-dst-residual': Field.residual,
  // Set anew on every request: a caller's own values are for identifiers to read, and go no further.
  'l5d-dst-service': Field.dstService,
  'l5d-dst-client': Field.dstClient,
  'l5d-reqid': Field.dropped,
  traceparent: Field.traceparent,
  'x-forwarded-client-cert': Field.dropped,
  'finagle-http-retryable-request': Field.dropped,
};

export const responseNames: Readonly<Record<string, FieldId>> = {
  'content-length': Field.contentLength,
  'transfer-encoding': Field.transferEncoding,
  connection: Field.connection,
  'keep-alive': Field.keepAlive,
  upgrade: Field.upgrade,
  via: Field.via,
  'proxy-connection': Field.dropped,
  te: Field.dropped,
  trailer: Field.dropped,
  'proxy-authenticate': Field.dropped,
  'proxy-authorization': Field.dropped,
  'l5d-retryable': Field.retryable,
  'l5d-success-class': Field.successClass,
  'finagle-http-nack': Field.nack,
};

/** Takes what the mesh reads of a request out of its header list. */
export function takeRequestField(head: RequestHead, field: FieldId, value: string): void {
  switch (field) {
    case Field.via:
      head.via = head.via === '' ? value : `${head.via}, ${value}`;
      return;
    case Field.ctxTrace:
      if (head.ctxTrace === '') head.ctxTrace = value;
      return;
    case Field.traceparent:
      if (head.traceparent === '') head.traceparent = value;
      return;
    case Field.ctxDeadline:
      head.ctxDeadline = head.ctxDeadline === '' ? value : `${head.ctxDeadline}\r${value}`;
      return;
    case Field.ctxDtab:
      head.ctxDtab = head.ctxDtab === '' ? value : `${head.ctxDtab}\r${value}`;
      return;
    case Field.userDtab:
      head.userDtab = head.userDtab === '' ? value : `${head.userDtab}\r${value}`;
      return;
    case Field.sample:
      head.sample = value;
      return;
    case Field.residual:
      head.residual = value;
      return;
    case Field.dstService:
      head.dstService = value;
      return;
    case Field.dstClient:
      head.dstClient = value;
      return;
  }
}

/** Takes what the mesh reads of a response; gives the lines that are passed on all the same. */
export function takeResponseField(head: ResponseHead, field: FieldId, value: string): string {
  switch (field) {
    case Field.via:
      head.via = head.via === '' ? value : `${head.via}, ${value}`;
      return '';
    case Field.successClass:
      head.successClass = value; // set anew by every linker
      return '';
    case Field.retryable:
      head.retryable = value === 'true';
      return `l5d-retryable: ${value}\r\n`;
    case Field.nack:
      head.nack = true;
      return `finagle-http-nack: ${value}\r\n`;
    default:
      return '';
  }
}
