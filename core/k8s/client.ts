import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Clock } from '../clock.ts';
import { type Closable, nothingToClose } from '../closable.ts';
import type { Target } from './config.ts';

/** How a request ended without what was asked for. */
export type Failure =
  /** Answered, but not with 2xx; `message` is the server's. */
  | { readonly kind: 'status'; readonly status: number; readonly message: string }
  /** Not answered, or not to the end. */
  | { readonly kind: 'broken'; readonly message: string }
  /** Answered with something no API server says. */
  | { readonly kind: 'garbled'; readonly message: string };

export type Answer = { readonly kind: 'ok'; readonly body: unknown } | Failure;

/** `closed` is the regular end of a stream. */
export type StreamEnd = { readonly kind: 'closed' } | Failure;

export interface Limits {
  /** Until an answer begins, and between two parts of a list. */
  readonly patienceMs: number;
  /** Characters of one answer; long lists come in pages. */
  readonly answer: number;
  /** Characters of one event; etcd stores no object over 1.5 MB. */
  readonly line: number;
}

const standardLimits: Limits = { patienceMs: 30_000, answer: 64 << 20, line: 8 << 20 };

/** A peer silent for so long is probed, and given up by the kernel ten seconds later. */
const keepAliveMs = 30_000;

interface Handlers {
  data(text: string): void;
  end(): void;
  failed(failure: Failure): void;
  /** Whether data must keep coming: true for a document, false for a stream. */
  readonly hurried: boolean;
}

/** GET requests to one Kubernetes API server; each looks up anew where it is and with which credentials to ask. */
export class ApiClient {
  readonly #find: () => Target;
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #plain = new HttpAgent({ keepAlive: true, maxFreeSockets: 2 });
  readonly #secure = new HttpsAgent({ keepAlive: true, maxFreeSockets: 2 });

  constructor(find: () => Target, clock: Clock, limits: Partial<Limits> = {}) {
    this.#find = find;
    this.#clock = clock;
    this.#limits = { ...standardLimits, ...limits };
  }

  /** Gets one JSON document. `done` is called once, never within this call, and not after closing. */
  get(path: string, done: (answer: Answer) => void): Closable {
    let body = '';
    const request = this.#open(path, {
      hurried: true,
      data: (text) => {
        body += text;
        if (body.length > this.#limits.answer) tooLong();
      },
      end: () => done(parsed(body)),
      failed: done,
    });
    const tooLong = (): void => {
      request.close();
      done({ kind: 'garbled', message: `an answer of more than ${this.#limits.answer} characters` });
    };
    return request;
  }

  /**
   * Streams lines; those of one read come together. `done` is called once, never within this call, and not after
   * closing. A last line without its end is dropped. How long the stream may be silent is for the caller to say.
   */
  stream(path: string, lines: (batch: readonly string[]) => void, done: (end: StreamEnd) => void): Closable {
    let rest = '';
    const request = this.#open(path, {
      hurried: false,
      data: (text) => {
        rest += text;
        if (rest.length > this.#limits.line && !text.includes('\n')) return tooLong();
        const batch = text.includes('\n') ? rest.split('\n') : [rest];
        rest = batch.pop() ?? '';
        const full = batch.filter((line) => line.trim() !== '');
        if (full.length > 0) lines(full);
      },
      end: () => done({ kind: 'closed' }),
      failed: done,
    });
    const tooLong = (): void => {
      request.close();
      done({ kind: 'garbled', message: `an event of more than ${this.#limits.line} characters` });
    };
    return request;
  }

  #open(path: string, on: Handlers): Closable {
    let over = false;
    let request: ClientRequest | undefined;
    let timer: Closable = nothingToClose;
    /** The first to call it says how this ends; later ones are echoes of that. */
    const finish = (say: () => void): void => {
      if (over) return;
      over = true;
      timer.close();
      say();
    };
    const abandon = (say: () => void): void =>
      finish(() => {
        request?.destroy();
        say();
      });
    const broken = (message: string): void => abandon(() => on.failed({ kind: 'broken', message }));
    const patience = (): void => {
      timer.close();
      timer = this.#clock.after(this.#limits.patienceMs, () => broken(`silent for ${this.#limits.patienceMs} ms`));
    };

    patience();
    try {
      request = this.#send(path);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      queueMicrotask(() => broken(message));
      return { close: () => finish(() => {}) };
    }
    // Stays for good: an error after the end must not become an uncaught one.
    request.on('error', (error) => broken(error.message));
    request.once('response', (response) => {
      const ok = response.statusCode !== undefined && response.statusCode >= 200 && response.statusCode < 300;
      if (!ok) return refusal(response, (failure) => abandon(() => on.failed(failure)));
      response.socket.setKeepAlive(true, keepAliveMs);
      if (on.hurried) patience();
      else timer.close();
      response.setEncoding('utf8').on('data', (text: string) => {
        if (on.hurried) patience();
        if (!over) on.data(text);
      });
      response.on('error', (error) => broken(error.message));
      response.once('end', () => finish(() => on.end()));
      response.once('close', () => broken('the connection was lost'));
    });
    return { close: () => abandon(() => {}) };
  }

  #send(path: string): ClientRequest {
    const target = this.#find();
    const options = {
      host: target.host,
      port: target.port,
      path: target.basePath + path,
      headers: { ...target.headers, accept: 'application/json', 'user-agent': 'heddle' },
    };
    const request = target.secure
      ? httpsRequest({ ...options, ...target.tls, agent: this.#secure })
      : httpRequest({ ...options, agent: this.#plain });
    request.end();
    return request;
  }
}

/** Reads the beginning of an error's body, a Status object, for its message. */
function refusal(response: IncomingMessage, failed: (failure: Failure) => void): void {
  const status = response.statusCode ?? 0;
  let body = '';
  const done = (): void => failed({ kind: 'status', status, message: statusMessage(body) });
  response.setEncoding('utf8').on('data', (text: string) => {
    body += text;
    if (body.length > 65_536) done();
  });
  response.on('error', done).once('end', done).once('close', done);
}

function parsed(text: string): Answer {
  try {
    return { kind: 'ok', body: JSON.parse(text) };
  } catch (error) {
    return { kind: 'garbled', message: error instanceof Error ? error.message : String(error) };
  }
}

function statusMessage(body: string): string {
  try {
    const status = JSON.parse(body) as { message?: unknown } | null;
    if (typeof status?.message === 'string') return status.message;
  } catch {
    // a proxy's own words
  }
  return body.trim().slice(0, 200);
}
