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

  /** First value of a header among `lines` or `host`; `name` in lower case. */
  get(name: string): string | undefined {
    if (name === 'host') return this.host === '' ? undefined : this.host;
    const lines = this.lines;
    for (let at = 0; at < lines.length; ) {
      const end = lines.indexOf('\r\n', at);
      const colon = lines.indexOf(':', at);
      if (colon - at === name.length && lines.slice(at, colon).toLowerCase() === name) return lines.slice(colon + 1, end).trim();
      at = end + 2;
    }
    return undefined;
  }
}
