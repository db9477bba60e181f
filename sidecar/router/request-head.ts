/**
 * The head of an HTTP request between its two wires: protocol-neutral, hop-by-hop fields removed, the fields the mesh
 * itself reads taken out into members, every other header kept as one block of `Name: value\r\n` lines in their order,
 * ready to be written again. Strings are byte strings (latin1), as they came.
 */
export class RequestHead {
  method = '';
  /** Origin form: path and query. An absolute-form target has been cut, its authority moved to `host`. */
  uri = '';
  /** Minor version of HTTP/1. */
  minor: 0 | 1 = 1;
  /** Value of Host or `:authority`; '' where absent or empty. */
  host = '';
  lines = '';
  /** All Via fields, joined by ', '. */
  via = '';

  // What the mesh reads, all '' where absent. Where all lines of a field count they are joined by CR.
  /** The first `l5d-ctx-trace`. */
  ctxTrace = '';
  /** All `l5d-ctx-deadline`. */
  ctxDeadline = '';
  /** All `l5d-ctx-dtab`, and all `l5d-dtab`. */
  ctxDtab = '';
  userDtab = '';
  /** The last `l5d-sample`. */
  sample = '';
  /** `l5d-dst-residual`: passes unless the mesh sets its own. */
  residual = '';

  /** First value of a header among `lines` or `host`; `name` in lower case. */
  get(name: string): string | undefined {
    if (name === 'host') return this.host === '' ? undefined : this.host;
    return findLine(this.lines, name);
  }
}

/** First value of a header in a block of lines; `name` in lower case. */
export function findLine(lines: string, name: string): string | undefined {
  for (let at = 0; at < lines.length; ) {
    const end = lines.indexOf('\r\n', at);
    const colon = lines.indexOf(':', at);
    if (colon - at === name.length && lines.slice(at, colon).toLowerCase() === name)
      return lines.slice(colon + 1, end).trim();
    at = end + 2;
  }
  return undefined;
}
