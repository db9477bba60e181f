/** A host, in brackets where it has colons of its own, and a port if any; neither user nor blanks. */
const AUTHORITY = /^(?:\[[\w\-.~%!$&'()*+,;=:]+\]|[\w\-.~%!$&'()*+,;=]*)(?::\d*)?$/;
/** Both, as a tunnel needs them. */
const DESTINATION = /^(?:\[[\w\-.~%!$&'()*+,;=:]+\]|[\w\-.~%!$&'()*+,;=]+):(\d{1,5})$/;

/** Whether the text may stand in Host or `:authority` (RFC 9110 §7.2, RFC 9113 §8.3.1): it may be empty. */
export function isAuthority(text: string): boolean {
  return AUTHORITY.test(text);
}

/** Whether it may be the target of CONNECT (RFC 9110 §9.3.6): a host and a port that exists. */
export function isDestination(text: string): boolean {
  const port = Number(DESTINATION.exec(text)?.[1] ?? 0);
  return port > 0 && port < 65_536;
}
