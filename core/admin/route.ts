import type { IncomingHttpHeaders } from 'node:http';

/** What a route is for, as Linkerd's `admin.security` switches whole kinds of them off. */
export type Category = 'ui' | 'control' | 'diagnostics';

export interface AdminRequest {
  /** HEAD has become GET. */
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The whole body; rejects with a Refusal where it is larger than a megabyte. */
  text(): Promise<string>;
}

export interface AdminResponse {
  readonly status: number;
  /** Content-Type; none without it. */
  readonly type?: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  readonly path: string;
  /** Methods it answers; all of them without it. GET includes HEAD. */
  readonly methods?: readonly string[];
  readonly category: Category;
  handle(request: AdminRequest): AdminResponse | Promise<AdminResponse>;
}

/** Thrown by a handler to answer with a status and a sentence. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;

  constructor(status: number, message = '') {
    super(message);
    this.status = status;
  }
}

export const plainText = 'text/plain;charset=UTF-8';
export const jsonType = 'application/json';
export const htmlType = 'text/html;charset=UTF-8';

export function ok(type: string, body: string): AdminResponse {
  return { status: 200, type, body };
}
