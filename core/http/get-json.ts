import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import type { Clock } from '../clock.ts';
import type { Closable } from '../closable.ts';

export interface JsonRequest {
  readonly host: string;
  readonly port: number;
  /** Path and query, escaped. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For the whole of it: servers may hold an answer back until there is news. */
  readonly timeoutMs: number;
  /** A JSON text to POST; without it the request is a GET. */
  readonly post?: string;
  /** Gives the options of a TLS connection; without it the request is in plain text. May throw. */
  readonly tls?: (() => ConnectionOptions) | undefined;
}

export type JsonAnswer =
  | { readonly kind: 'ok'; readonly headers: IncomingHttpHeaders; readonly body: unknown }
  /** No connection, a connection lost, too late, not 2xx, not JSON. */
  | { readonly kind: 'failed'; readonly message: string; readonly status?: number };

const maxCharacters = 64 << 20;
/** A peer silent for so long is probed, and given up by the kernel ten seconds later. */
const keepAliveMs = 30_000;

/**
 * Gets one JSON document over HTTP/1.1, by a connection of its own: a question that may be held for minutes has
 * nothing to gain from a pool. `done` is called once, never within this call, and not after closing.
 */
export function getJson(wanted: JsonRequest, clock: Clock, done: (answer: JsonAnswer) => void): Closable {
  let over = false;
  let sent: ClientRequest | undefined;
  /** The first to call it says how this ends; later ones are echoes of that. */
  const finish = (answer?: JsonAnswer): void => {
    if (over) return;
    over = true;
    timer.close();
    sent?.destroy();
    if (answer !== undefined) done(answer);
  };
  const failed = (message: string): void => finish({ kind: 'failed', message });
  const timer = clock.after(wanted.timeoutMs, () => failed(`no answer within ${wanted.timeoutMs} ms`));
  try {
    sent = open(wanted);
    // Stays for good: an error after the end must not become an uncaught one.
    sent.on('error', (error) => failed(error.message));
    sent.once('socket', (socket) => socket.setKeepAlive(true, keepAliveMs));
    sent.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (text.length > maxCharacters) failed(`an answer of more than ${maxCharacters} characters`);
      });
      response.on('error', (error) => failed(error.message));
      response.once('end', () => finish(answerOf(response, text)));
      response.once('close', () => failed('the connection was lost'));
    });
    sent.end(wanted.post);
  } catch (error) {
    queueMicrotask(() => failed(messageOf(error)));
  }
  return { close: () => finish() };
}

function open({ host, port, path, headers, post, tls }: JsonRequest): ClientRequest {
  const common = {
    accept: 'application/json',
    'user-agent': 'heddle',
    ...(post !== undefined && {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(post)),
    }),
  };
  const method = post === undefined ? 'GET' : 'POST';
  const options = { host, port, path, method, headers: { ...common, ...headers }, agent: false };
  return tls === undefined ? request(options) : secureRequest({ ...options, ...tls() });
}

function answerOf({ statusCode = 0, headers }: IncomingMessage, text: string): JsonAnswer {
  if (statusCode < 200 || statusCode > 299) {
    return { kind: 'failed', message: `${statusCode} ${text.trim().slice(0, 200)}`.trim(), status: statusCode };
  }
  try {
    return { kind: 'ok', headers, body: JSON.parse(text) };
  } catch (error) {
    return { kind: 'failed', message: messageOf(error) };
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
