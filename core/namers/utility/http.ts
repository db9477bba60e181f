import type { Namer } from '../../naming/namer.ts';
import { rewriting } from './rewriting.ts';

type Rewrite = (elements: readonly string[]) => readonly string[] | undefined;

/**
 * The family `/$/io.buoyant.http.*`, which takes HTTP hosts and methods apart. Each kind has a form with `Pfx`, which
 * keeps one element that stands before the host or method (in `subdomainOfPfx` between the domain and the host).
 */
export const httpNamers: readonly Namer[] = [
  ...withPfx('domainToPath', ([host = '', ...rest]) => (isHost(host) ? [...reversed(host), ...rest] : undefined)),
  ...withPfx('anyHost', ([host = '', ...rest]) => (isHost(host) ? rest : undefined)),
  ...withPfx('anyMethod', ([method = '', ...rest]) => (/^[A-Z]+$/.test(method) ? rest : undefined)),
  rewriting('io.buoyant.http.subdomainOf', ([domain, host, ...rest]) => subdomain(domain, host, rest)),
  rewriting('io.buoyant.http.subdomainOfPfx', ([domain, pfx, host, ...rest]) => {
    const found = subdomain(domain, host, rest);
    return found === undefined || pfx === undefined ? undefined : [pfx, ...found];
  }),
];

function withPfx(name: string, rewrite: Rewrite): readonly Namer[] {
  const kind = `io.buoyant.http.${name}`;
  const behindPfx: Rewrite = ([pfx, ...path]) => {
    const found = rewrite(path);
    return found === undefined || pfx === undefined ? undefined : [pfx, ...found];
  };
  return [rewriting(kind, rewrite), rewriting(`${kind}Pfx`, behindPfx)];
}

/** Coarse enough for names, IPv4 and IPv6, with or without a port. */
const isHost = (element: string): boolean => /^[A-Za-z0-9.:_-]+$/.test(element);

/** `foo.bar.com` → com, bar, foo. Dots at the end do not count; the port, if any, is not taken off. */
function reversed(host: string): readonly string[] {
  const name = host.replace(/\.+$/, '');
  return name === '' ? [] : name.split('.').reverse();
}

function subdomain(
  domain: string | undefined,
  host: string | undefined,
  rest: readonly string[],
): readonly string[] | undefined {
  if (domain === undefined || host === undefined || !isHost(domain) || !isHost(host)) return undefined;
  const colon = host.indexOf(':');
  const name = colon > 0 ? host.slice(0, colon) : host;
  return name.endsWith(`.${domain}`) ? [name.slice(0, -domain.length - 1), ...rest] : undefined;
}
