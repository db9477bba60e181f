/** Something to fuzz. */
export interface Target {
  /** Takes any input without throwing, for ever waiting, or keeping memory; what it throws is a find. */
  run(input: Buffer): void | Promise<void>;
  /** Gives back what it holds beyond a run: servers, say. */
  close?(): void;
  /** Inputs to begin with. */
  readonly seeds: readonly string[];
  /** Bytes of an input at most; 1024 where not given. */
  readonly most?: number;
}
