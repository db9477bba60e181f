import { type HostResolver, numericHost } from '../host.ts';
import { type Addr, type Address, address, weightedAddress } from '../naming/name.ts';
import { Activity, ok } from '../reactive/activity.ts';

interface Entry {
  readonly host: string;
  readonly port: number;
  readonly weight: number | undefined;
}

/**
 * The addresses that a file of the fs namer lists: `host port` or `host port * weight` a line, `#` comments, blank
 * lines. One bad line fails the whole. Host names are resolved now, to one address each, and not again; one that does
 * not resolve is left out. The same address twice is one, unless the weights differ.
 */
export function readAddresses(text: string, resolve: HostResolver): Activity<Addr> {
  const entries: Entry[] = [];
  for (const line of text.split('\n').map((l) => l.replace(/#.*$/, '').trim())) {
    if (line === '') continue;
    const entry = readEntry(line);
    if (entry === undefined) return Activity.failed(new Error(`malformed address: ${line}`));
    entries.push(entry);
  }
  const now = entries.map((entry) => numericHost(entry.host));
  if (!now.includes(undefined)) return Activity.value(addrOf(entries, now));
  return Activity.from((set) => {
    let open = true;
    void Promise.all(now.map((host, i) => host ?? firstOf(entries[i]?.host ?? '', resolve))).then((hosts) => {
      if (open) set(ok(addrOf(entries, hosts)));
    });
    return { close: () => (open = false) };
  });
}

function readEntry(line: string): Entry | undefined {
  const [host = '', port = '', star, weight, ...more] = line.split(/\s+/);
  const number = /^\+?\d{1,10}$/.test(port) ? Number(port) : 0;
  if (number < 1 || number > 65535 || more.length > 0) return undefined;
  if (star === undefined) return { host, port: number, weight: undefined };
  const known = star === '*' && /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(weight ?? '');
  return known ? { host, port: number, weight: Number(weight) } : undefined;
}

async function firstOf(host: string, resolve: HostResolver): Promise<string | undefined> {
  const all = await resolve(host).catch(() => []);
  return all.find((each) => !each.includes(':')) ?? all[0];
}

function addrOf(entries: readonly Entry[], hosts: readonly (string | undefined)[]): Addr {
  const addresses = new Map<string, Address>();
  for (const [i, { port, weight }] of entries.entries()) {
    const host = hosts[i];
    if (host === undefined) continue;
    const each = weight === undefined ? address(host, port) : weightedAddress(host, port, weight);
    addresses.set(`${host} ${port} ${weight}`, each);
  }
  return { kind: 'bound', addresses: [...addresses.values()] };
}
