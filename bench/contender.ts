import type { Certificates } from './certificates.ts';
import type { Tool } from './tools.ts';

/** Where one contender of a run lives: its folder, its ports on 127.0.0.1, and what it forwards to. */
export interface Site {
  readonly dir: string;
  /** Three ports of one application. */
  readonly origins: readonly number[];
  /** The port the load goes to. */
  readonly front: number;
  /** The port of the second proxy, where there are two. */
  readonly back: number;
  readonly admin: readonly [number, number];
  readonly certificates: Certificates;
  /** The command that runs the linker, without its configuration. */
  readonly linker: readonly string[];
}

/** What to write, and what to run; every command is one proxy process with its children. */
export interface Launch {
  /** Texts by path relative to the site's folder. */
  readonly files: Readonly<Record<string, string>>;
  readonly commands: readonly (readonly string[])[];
  readonly port: number;
}

/**
 * The ways of a request: `h1` client → proxy → origin in plain HTTP/1.1; `mtls` client → proxy → TLS with both
 * certificates verified → proxy → origin; `h2c` as `h1`, all of it HTTP/2 by prior knowledge; `grpc` as `h2c`, unary calls.
 */
export type Path = 'h1' | 'mtls' | 'h2c' | 'grpc';

/** Something that stands between load and origin. Pure: a launch is only a description. */
export interface Contender {
  readonly name: string;
  readonly needs: readonly Tool[];
  /** The ways it can be put into. */
  readonly paths: Readonly<Partial<Record<Path, (site: Site) => Launch>>>;
}
