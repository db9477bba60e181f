import type { Exchange } from '../../router/exchange.ts';
import type { ResponseHead } from '../../router/response-head.ts';
import type { Received } from './heads.ts';

/** Takes the heads of one connection apart, one after the other: what it says is of the last one. */
export interface HeadReader {
  /** A whole block: every one, even one that nobody wants. False: nothing that follows could be read. */
  take(bytes: Buffer, from: number, to: number): boolean;
  /** It is larger than a head may be. */
  readonly tooLarge: boolean;
  /** What it says; undefined where it is malformed. Asked before the next one comes, or never. */
  request(): Received | undefined;
  response(): ResponseHead | undefined;
  /** Lines that may go on. */
  requestTrailers(): string | undefined;
  responseTrailers(): string | undefined;
}

/** What heads look like on a connection; all texts are byte strings. HPACK, unless two linkers agree on something else. */
export interface HeadForm {
  /** Type of the frames that carry them. */
  readonly frame: number;
  reader(limit: number): HeadReader;
  request(x: Exchange, scheme: 'http' | 'https'): string;
  /** `via`: all of Via, '' for none. `length`: Content-Length, -1 where none is told. `switched`: a tunnel is granted. */
  response(head: ResponseHead, via: string, length: number, switched: boolean): string;
  trailers(lines: string): string;
  /** Whether the status grants an Upgrade, which is an extended CONNECT in HTTP/2 (RFC 8441). */
  switches(status: number): boolean;
}
