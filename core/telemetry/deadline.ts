/**
 * By when a request's answer is wanted, as `l5d-ctx-deadline` carries it: `<made> <due>`, both in nanoseconds since
 * 1970. Advisory, as in Linkerd: an expired request is counted, never refused.
 */
export interface Deadline {
  readonly madeNs: bigint;
  readonly dueNs: bigint;
}

/** Reads the values of one request's headers, joined by commas; undefined where none is a deadline. */
export function readDeadlines(text: string): Deadline | undefined {
  let combined: Deadline | undefined;
  for (const value of text.split(',')) {
    const deadline = readDeadline(value.trim());
    if (deadline !== undefined) combined = combined === undefined ? deadline : combineDeadlines(combined, deadline);
  }
  return combined;
}

/** Reads one header value; undefined where it is none (and the header passes untouched). */
export function readDeadline(text: string): Deadline | undefined {
  const [, made, due] = /^(-?\d{1,19}) (-?\d{1,19})$/.exec(text) ?? [];
  return made === undefined || due === undefined ? undefined : { madeNs: BigInt(made), dueNs: BigInt(due) };
}

export function writeDeadline(deadline: Deadline): string {
  return `${deadline.madeNs} ${deadline.dueNs}`;
}

/** Of two deadlines of one request: the later time of making, the earlier due. */
export function combineDeadlines(a: Deadline, b: Deadline): Deadline {
  return {
    madeNs: a.madeNs > b.madeNs ? a.madeNs : b.madeNs,
    dueNs: a.dueNs < b.dueNs ? a.dueNs : b.dueNs,
  };
}

/** The deadline of a configured timeout; `wallMs` is milliseconds since 1970, fractions are kept. */
export function deadlineAfter(wallMs: number, timeoutMs: number): Deadline {
  return { madeNs: nanoseconds(wallMs), dueNs: nanoseconds(wallMs + timeoutMs) };
}

/** Milliseconds left at `wallMs`; negative once it has expired. */
export function remainingMs(deadline: Deadline, wallMs: number): number {
  return Number(deadline.dueNs - nanoseconds(wallMs)) / 1e6;
}

/** Whole microseconds go through a float exactly until the year 2255. */
function nanoseconds(ms: number): bigint {
  return BigInt(Math.round(ms * 1000)) * 1000n;
}
