import type { World } from '#core/world.ts';

/** What every identifier kind is built with. */
export interface IdentifierDeps {
  /** The router's `dstPrefix` in shown form: `/svc`. */
  readonly prefix: string;
  readonly world: World;
}

/** A shown path below a shown prefix: `/svc` and `/web/v2` give `/svc/web/v2`. */
export function under(prefix: string, path: string): string {
  if (path === '/') return prefix;
  return prefix === '/' ? path : prefix + path;
}
