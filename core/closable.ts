/** Something that holds a resource. `close` is idempotent and never throws. */
export interface Closable {
  close(): void;
}

export const nothingToClose: Closable = { close() {} };

/** Closes all of them, in order. */
export function closeAll(...closables: readonly Closable[]): Closable {
  return {
    close() {
      for (const closable of closables) closable.close();
    },
  };
}
