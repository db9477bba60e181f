import type { MeshError } from '../router/errors.ts';

/**
 * Header lines of an answer that the mesh makes itself: the error in `l5d-err`, cut at so many bytes. An overloaded
 * server says instead, as Finagle does, that it has not looked at the request.
 */
export function errorLines(error: MeshError, bytes: number): string {
  if (error.kind === 'overload') return 'finagle-http-nack: true\r\nRetry-After: 0\r\n';
  const retryable = error.kind === 'markedDown' ? 'l5d-retryable: true\r\n' : '';
  return `${retryable}l5d-err: ${formEncoded(error.message).slice(0, bytes)}\r\nContent-Type: text/plain\r\n`;
}

/** `application/x-www-form-urlencoded` over Latin-1, as Linkerd writes `l5d-err`: space is '+', newline '%0A'. */
function formEncoded(text: string): string {
  return text
    .replace(/[^a-zA-Z0-9.\-*_ ]/g, (c) => `%${(c.charCodeAt(0) & 255).toString(16).toUpperCase().padStart(2, '0')}`)
    .replaceAll(' ', '+');
}
