import { type Dtab, showDtab } from '#core/naming/dtab.ts';

/**
 * The configuration as `/config.json` shows it, the way Linkerd writes its own back: keys as in the file, no defaults,
 * the loopback address by its name, dtabs in canonical text, an identifier always as a list.
 */
export function configJson(written: unknown, routers: readonly { readonly dtab: Dtab }[]): string {
  return JSON.stringify(isSection(written) ? { ...named(written), ...routersOf(written, routers) } : {});
}

type Section = Readonly<Record<string, unknown>>;

function isSection(value: unknown): value is Section {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function routersOf(written: Section, parsed: readonly { readonly dtab: Dtab }[]): Section {
  const { routers } = written;
  if (!Array.isArray(routers)) return {};
  return {
    routers: routers.map((router: unknown, i) => {
      const shown: Record<string, unknown> = isSection(router) ? { ...named(router) } : {};
      if (shown['dtab'] !== undefined) shown['dtab'] = showDtab(parsed[i]?.dtab ?? []);
      if (isSection(shown['identifier'])) shown['identifier'] = [shown['identifier']];
      return shown;
    }),
  };
}

function named(section: Section): Section {
  return Object.fromEntries(
    Object.entries(section).map(([key, value]) => [key, key === 'ip' ? hostOf(value) : below(value)]),
  );
}

function below(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(below);
  return isSection(value) ? named(value) : value;
}

const hostOf = (ip: unknown): unknown => (ip === '127.0.0.1' || ip === '::1' ? 'localhost' : ip);
