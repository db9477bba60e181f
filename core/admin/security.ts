import type { Category, Route } from './route.ts';

/** Linkerd's `admin.security`: which paths are answered at all. */
export interface Security {
  readonly uiEnabled: boolean;
  readonly controlEnabled: boolean;
  readonly diagnosticsEnabled: boolean;
  /** Each must match a whole path. The blacklist beats all else; the whitelist opens paths of categories that are off. */
  readonly pathWhitelist: readonly RegExp[];
  readonly pathBlacklist: readonly RegExp[];
}

/** Whether a path is answered. */
export type Allows = (route: Pick<Route, 'path' | 'category'>) => boolean;

export const allowAll: Allows = () => true;

export function allowing(security: Security): Allows {
  const enabled: Readonly<Record<Category, boolean>> = {
    ui: security.uiEnabled,
    control: security.controlEnabled,
    diagnostics: security.diagnosticsEnabled,
  };
  return ({ path, category }) => {
    if (security.pathBlacklist.some((regex) => matchesWhole(regex, path))) return false;
    return enabled[category] || security.pathWhitelist.some((regex) => matchesWhole(regex, path));
  };
}

function matchesWhole(regex: RegExp, path: string): boolean {
  return new RegExp(`^(?:${regex.source})$`, regex.flags).test(path);
}
