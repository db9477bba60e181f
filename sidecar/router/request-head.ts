/**
 * The head of an HTTP request between its two wires: protocol-neutral, hop-by-hop fields removed, the fields the mesh
 * itself reads taken out into members, every other header kept as one block of `Name: value\r\n` lines in their order,
 * ready to be written again. Strings are byte strings (latin1), as they came.
 */
export class RequestHead {
  method = '';
  /** Origin form: path and query. An absolute-form target has been cut, its authority moved to `host`. */
  uri = '';
  /** `http` or `https` as an HTTP/2 caller says it; '' from HTTP/1. */
  scheme = '';
  /** `:protocol` of an extended CONNECT (RFC 8441), or the protocols of an Upgrade; '' for none. */
  protocol = '';
  /** The caller takes trailers (`te: trailers`). */
  teTrailers = false;
  /** Minor version of HTTP/1. */
  minor: 0 | 1 = 1;
  /** Value of Host or `:authority`, in `lines` too, as the caller wrote it; '' where absent or empty, and not in `lines`. */
  host = '';
  lines = '';
  /** All Via fields, joined by ', '. */
  via = '';

  // What the mesh reads, all '' where absent. Where all lines of a field count they are joined by CR.
  /** The first `l5d-ctx-trace`. */
  ctxTrace = '';
  /** The first `traceparent`. */
  traceparent = '';
  /** All `l5d-ctx-deadline`. */
  ctxDeadline = '';
  /** All `l5d-ctx-dtab`, and all `l5d-dtab`. */
  ctxDtab = '';
  userDtab = '';
  /** The last `l5d-sample`. */
  sample = '';
  /** `l5d-dst-residual`: passes unless the mesh sets its own. */
  residual = '';
  /** `l5d-dst-service` and `l5d-dst-client` of the linker before: where it meant the request to go. */
  dstService = '';
  dstClient = '';

  /** First value of a header as the caller sent it; `name` in lower case. Undefined where absent or taken for empty. */
  get(name: string): string | undefined {
    const taken = this.#taken(name);
    if (taken !== undefined) return taken === '' ? undefined : taken;
    return findLine(this.lines, name);
  }

  /** Sets another Host, in `lines` as well. */
  replaceHost(host: string): void {
    this.host = host;
    this.lines = `Host: ${host}\r\n${withoutLine(this.lines, 'host')}`;
  }

  /** The value of a field that has been taken out of `lines`; undefined for every other name. */
  #taken(name: string): string | undefined {
    switch (name) {
      case 'host':
      case ':authority':
        return this.host;
      case ':path':
        return this.uri;
      case ':method':
        return this.method;
      case 'via':
        return this.via;
      case 'traceparent':
        return this.traceparent;
      case 'l5d-dst-client':
        return this.dstClient;
      case 'l5d-dst-service':
        return this.dstService;
      case 'l5d-dst-residual':
        return this.residual;
      default:
        return undefined;
    }
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

/** The block without any line of a header; `name` in lower case. */
export function withoutLine(lines: string, name: string): string {
  let out = '';
  for (let at = 0; at < lines.length; ) {
    const end = lines.indexOf('\r\n', at) + 2;
    if (lines.slice(at, lines.indexOf(':', at)).toLowerCase() !== name) out += lines.slice(at, end);
    at = end;
  }
  return out;
}
