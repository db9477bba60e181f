import { findLine, type RequestHead } from '../router/request-head.ts';
import type { ResponseHead } from '../router/response-head.ts';

const L5D_LINE = /^l5d-[^\r\n]*\r\n/gim;

/** `clearContext`: nothing a caller says in `l5d-` fields is read or forwarded (Linkerd §4.5). */
export function clearRequest(head: RequestHead): void {
  head.ctxTrace = '';
  head.ctxDeadline = '';
  head.ctxDtab = '';
  head.userDtab = '';
  head.sample = '';
  head.residual = '';
  head.dstService = '';
  head.dstClient = '';
  head.lines = clearLines(head.lines);
}

/**
 * And nothing of the mesh is told to the caller. True where the body tells of it too, and may not go on: the head had
 * `l5d-err`.
 */
export function clearResponse(head: ResponseHead): boolean {
  const tells = findLine(head.lines, 'l5d-err') !== undefined;
  head.lines = clearLines(head.lines);
  return tells;
}

/** A block of lines, such as trailers, without those of the mesh. */
export function clearLines(lines: string): string {
  return lines.replace(L5D_LINE, '');
}
