import type { Exchange } from './exchange.ts';

/** How one attempt went. */
export type Outcome = 'success' | 'failure' | 'retryable';

/** Judges an attempt, by `x.response` or, where there was none, by `x.error`. */
export type Classifier = (x: Exchange) => Outcome;

/**
 * Takes an exchange in charge. `send` returns at once; `x.end` or `x.fail` is called exactly once for each `send`,
 * before or after `send` returns.
 */
export interface Service {
  send(x: Exchange): void;
}

/** A stage that wants to hear how an exchange it passed on came back. */
export interface Frame {
  /** The response head is in. `false` keeps it from everyone further out: the attempt will be ended and sent again. */
  head(x: Exchange): boolean;
  /** The attempt is over. `false` keeps the exchange: this frame has sent it again, or will. */
  end(x: Exchange): boolean;
}

/**
 * One concern on the way of a request, as up to three synchronous hooks.
 *
 * A filter that must wait is not a filter: waiting happens in three named services only (Binding, Retries, Transport).
 */
export interface Filter {
  /** Names the filter in stacks and on the admin page; unique within a stack. */
  readonly role: string;
  /** On the way in. */
  readonly request?: (x: Exchange) => void;
  /** On the way out, when the response head is known; the innermost filter first. */
  readonly response?: (x: Exchange) => void;
  /** Once per `request`, when body and trailers are through or the attempt failed; the innermost filter first. */
  readonly end?: (x: Exchange) => void;
}

/** Filters in the order a request meets them. A plain value: edit it, print it, test it. */
export type Stack = readonly Filter[];

/** Closes a stack over `next`. All lists are built here; none while serving. */
export function compose(stack: Stack, next: Service): Service {
  return stack.length === 0 ? next : new Segment(stack, next);
}

/** What stands where a configuration makes a service impossible: every exchange is told so. */
export function impossible(why: string): Service {
  return { send: (x) => x.refuse('badName', why) };
}

/** Hot: hooks of a stack run as loops over ready arrays. */
class Segment implements Service, Frame {
  readonly #requests: readonly ((x: Exchange) => void)[];
  readonly #responses: readonly ((x: Exchange) => void)[];
  readonly #ends: readonly ((x: Exchange) => void)[];
  readonly #next: Service;

  constructor(stack: Stack, next: Service) {
    this.#requests = stack.flatMap((f) => f.request ?? []);
    this.#responses = stack.flatMap((f) => f.response ?? []).reverse();
    this.#ends = stack.flatMap((f) => f.end ?? []).reverse();
    this.#next = next;
  }

  send(x: Exchange): void {
    x.enter(this);
    const hooks = this.#requests;
    for (let i = 0; i < hooks.length; i++) (hooks[i] as (x: Exchange) => void)(x);
    this.#next.send(x);
  }

  head(x: Exchange): boolean {
    const hooks = this.#responses;
    for (let i = 0; i < hooks.length; i++) (hooks[i] as (x: Exchange) => void)(x);
    return true;
  }

  end(x: Exchange): boolean {
    const hooks = this.#ends;
    for (let i = 0; i < hooks.length; i++) (hooks[i] as (x: Exchange) => void)(x);
    return true;
  }
}
