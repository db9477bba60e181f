import { TOKEN } from './bytes.ts';

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
} as const;

export type FieldId = (typeof Field)[keyof typeof Field];

const REQUEST: Record<string, FieldId> = {
  host: Field.host,
  'content-length': Field.contentLength,
  'transfer-encoding': Field.transferEncoding,
  connection: Field.connection,
  upgrade: Field.upgrade,
  expect: Field.expect,
  via: Field.via,
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
  'x-forwarded-client-cert': Field.dropped,
  'finagle-http-retryable-request': Field.dropped,
};

const RESPONSE: Record<string, FieldId> = {
  'content-length': Field.contentLength,
  'transfer-encoding': Field.transferEncoding,
  connection: Field.connection,
  upgrade: Field.upgrade,
  via: Field.via,
  te: Field.dropped,
  trailer: Field.dropped,
  'proxy-authenticate': Field.dropped,
  'proxy-authorization': Field.dropped,
  'l5d-retryable': Field.retryable,
  'l5d-success-class': Field.successClass,
  'finagle-http-nack': Field.nack,
};

/** Looks a field name up by its bytes: by length first, so that most names cost one load. */
export class FieldTable {
  readonly #byLength: readonly (readonly { readonly name: Uint8Array; readonly id: FieldId }[] | undefined)[];

  constructor(names: Readonly<Record<string, FieldId>>) {
    const byLength: { name: Uint8Array; id: FieldId }[][] = [];
    for (const [name, id] of Object.entries(names)) {
      const same = byLength[name.length] ?? [];
      byLength[name.length] = same;
      same.push({ name: Buffer.from(name, 'latin1'), id });
    }
    this.#byLength = byLength;
  }

  find(bytes: Buffer, from: number, to: number): FieldId {
    const candidates = this.#byLength[to - from];
    if (candidates === undefined) return Field.other;
    next: for (let c = 0; c < candidates.length; c++) {
      const { name, id } = candidates[c] as { name: Uint8Array; id: FieldId };
      for (let i = 0; i < name.length; i++) if (TOKEN[bytes[from + i] as number] !== name[i]) continue next;
      return id;
    }
    return Field.other;
  }
}

export const requestFields = new FieldTable(REQUEST);
export const responseFields = new FieldTable(RESPONSE);

/** Fields a `Connection` header may not take away (RFC 9110 §7.6.1: end-to-end fields), whatever it lists. */
export const kept = new Set(['host', 'content-length', 'transfer-encoding', 'via', 'cache-control']);
