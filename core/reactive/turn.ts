/**
 * Keeps joins free of glitches. A turn is all that follows, synchronously, from one change. A join (a value made of
 * several changing ones) that heard of one of its parts waits for the end of the turn, so that it sees either all or
 * none of what changed together, and tells its own observers once.
 */
export interface Join {
  /** Later joins feed earlier ones, since a join starts before what it observes: the highest goes first. */
  readonly order: number;
  settle(): void;
}

let depth = 0;
let joins = 0;
const waiting = new Set<Join>();

export const nextJoinOrder = (): number => ++joins;

/** Runs `fn` as a turn, or as a part of the turn that is under way. */
export function turn(fn: () => void): void {
  depth += 1;
  try {
    fn();
    if (depth === 1) for (let join = last(); join !== undefined; join = last()) join.settle();
  } finally {
    depth -= 1;
  }
}

/** Calls `join.settle` once at the end of the turn; at once if there is none. */
export function settleLater(join: Join): void {
  if (depth === 0) join.settle();
  else waiting.add(join);
}

function last(): Join | undefined {
  let found: Join | undefined;
  for (const join of waiting) if (found === undefined || join.order > found.order) found = join;
  if (found !== undefined) waiting.delete(found);
  return found;
}
