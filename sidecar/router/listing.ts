import { type Dtab, showPathTree } from '../../core/naming/dtab.ts';

/** What a caller is told when a name leads nowhere, in Linkerd's words. */
export function unroutable(service: string, base: Dtab, override: Dtab): string {
  return `Unable to route request!\n\nservice name: ${service}\ndtab:\n\nbase dtab:\n${listing(base)}\noverride dtab:\n${listing(override)}\n`;
}

function listing(dtab: Dtab): string {
  return dtab.map(({ prefix, dst }) => `  ${prefix.show} => ${showPathTree(dst)}`).join('\n');
}
