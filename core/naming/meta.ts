/**
 * Keys of `Address.meta`, and of the meta of a set of addresses. Those that start with `heddle.` are for Heddle's own
 * parts to tell each other: APIs that Linkerd had show the others only.
 */
export const metaKeys = {
  /** The Kubernetes node of a replica; Linkerd's name for it. */
  nodeName: 'nodeName',
  /** Of a set: the Host or `:authority` to send with requests, in place of the caller's. */
  authority: 'authority',
  /**
   * An address that is no place but an answer: the data path makes a response with this status itself, without a body.
   * Its port is 0.
   */
  httpStatus: 'http.status',
  /** `namespace/name` of the replica's pod. */
  pod: 'heddle.pod',
  /** How the address is reached; one of `Linked`. */
  linked: 'heddle.linked',
  /** The SPIFFE id whoever listens at the address must prove, a URI. */
  tlsIdentity: 'heddle.tls-identity',
} as const;

/**
 * How a transformer made an address reachable: through the replica's own linker, through the linker of its node, or
 * not through any: in plain text.
 */
export type Linked = 'sidecar' | 'node' | 'none';

const ownPrefix = 'heddle.';

/** The metadata that Linkerd's APIs would show. */
export function publicMeta(meta: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const own = Object.keys(meta).some((key) => key.startsWith(ownPrefix));
  return own ? Object.fromEntries(Object.entries(meta).filter(([key]) => !key.startsWith(ownPrefix))) : meta;
}
