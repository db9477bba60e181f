/** One thing that is wrong, or odd, in a configuration file. Lines and columns count from 1. */
export interface Problem {
  readonly line: number;
  readonly column: number;
  /** `routers[0].client.tls`; empty where it is about the file as a whole. */
  readonly key: string;
  readonly text: string;
  /** Only found when the process would start: Linkerd's `-validate` lets it pass. */
  readonly late: boolean;
}

/** All that is wrong with a configuration file, in the order of the file. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly file: string;
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    super(problems.map((p) => showProblem(file, p)).join('\n'));
    this.file = file;
    this.problems = problems;
  }
}

/** `linker.yaml:14:7: routers[0].label: what is wrong, what is allowed` */
export function showProblem(file: string, { line, column, key, text }: Problem): string {
  return `${file}:${line}:${column}: ${key === '' ? '' : `${key}: `}${text}`;
}
