import { type Caller, type End, showEnd } from '../router/caller.ts';
import type { Filter } from '../router/service.ts';

/** How one end of a connection is named: by its address, or by an obfuscated name (RFC 7239 §6). */
export type Label =
  | { readonly kind: 'ip' | 'ip:port' | 'connectionRandom' | 'requestRandom' | 'router' }
  | { readonly kind: 'static'; readonly label: string };

/**
 * Says in `Forwarded` who called and over what (RFC 7239), as a line of its own behind those that came. Spelled as
 * Linkerd does, observed: `host` of HTTP/1 without `proto`, `authority` and `proto` of HTTP/2, nothing quoted without
 * need.
 */
export function forwarded(
  ends: { readonly by: Label; readonly for: Label },
  protocol: 'http' | 'h2',
  routerLabel: string,
  random: () => number,
): Filter {
  const by = labeler(ends.by, (caller) => caller.local, routerLabel, random);
  const from = labeler(ends.for, (caller) => caller.end, routerLabel, random);
  return {
    role: 'forwarded',
    request(x) {
      const { request } = x;
      const { caller } = x.downstream;
      const host = value(request.host);
      const what =
        protocol === 'http' ? `host=${host}` : `authority=${host};proto=${caller.encrypted ? 'https' : 'http'}`;
      request.lines += `Forwarded: by=${by(caller)};for=${from(caller)};${what}\r\n`;
    },
  };
}

type Labeler = (caller: Caller) => string;

function labeler(label: Label, end: (caller: Caller) => End, routerLabel: string, random: () => number): Labeler {
  switch (label.kind) {
    case 'ip':
      return (caller) => {
        const { ip } = end(caller);
        return ip.includes(':') ? `"[${ip}]"` : ip;
      };
    case 'ip:port':
      return (caller) => `"${showEnd(end(caller))}"`;
    case 'router':
      return () => `_${routerLabel}`;
    case 'static':
      return () => `_${label.label}`;
    case 'requestRandom':
      return () => obfuscated(random);
    case 'connectionRandom': {
      const labels = new WeakMap<Caller, string>();
      return (caller) => {
        const known = labels.get(caller) ?? obfuscated(random);
        labels.set(caller, known);
        return known;
      };
    }
  }
}

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A name that says nothing (RFC 7239 §6.3), six characters long as Linkerd's. */
function obfuscated(random: () => number): string {
  let name = '_';
  for (let i = 0; i < 6; i++) name += ALPHANUMERIC[Math.floor(random() * ALPHANUMERIC.length)];
  return name;
}

/** A caller's Host as it is, unless it could pass for more than a host. */
function value(host: string): string {
  return /^[\w\-.:[\]%]*$/.test(host) ? host : `"${host.replaceAll(/["\\]/g, '\\$&')}"`;
}
