import * as z from 'zod';

/** One instance of a service, as a Consul agent lists it. */
export interface Instance {
  /** Address of the service itself; empty: that of its node. Numeric or a name. */
  readonly serviceHost: string;
  readonly nodeHost: string;
  readonly port: number;
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, string>>;
  readonly health: Health;
}

/** From best to worst. */
export const healthStatuses = ['passing', 'warning', 'critical', 'maintenance'] as const;
export type Health = (typeof healthStatuses)[number];

// Consul writes what is empty as null, as '' or not at all.
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const number = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);
const tags = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? []);
const meta = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});

const inCatalog = z.object({
  Address: text,
  ServiceAddress: text,
  ServicePort: number,
  ServiceTags: tags,
  ServiceMeta: meta,
});

const withHealth = z.object({
  Node: z.object({ Address: text }),
  Service: z.object({ Address: text, Port: number, Tags: tags, Meta: meta }),
  Checks: z.array(z.object({ CheckID: text, Status: text })).default([]),
});

/** The answer of `/v1/catalog/service/<name>`, which knows nothing of health. Throws on anything else. */
export function readCatalog(body: unknown): readonly Instance[] {
  return z
    .array(inCatalog)
    .parse(body)
    .map((each) => ({
      serviceHost: each.ServiceAddress,
      nodeHost: each.Address,
      port: each.ServicePort,
      tags: each.ServiceTags,
      meta: each.ServiceMeta,
      health: 'passing',
    }));
}

/** The answer of `/v1/health/service/<name>`. Throws on anything else. */
export function readHealth(body: unknown): readonly Instance[] {
  return z
    .array(withHealth)
    .parse(body)
    .map(({ Node, Service, Checks }) => ({
      serviceHost: Service.Address,
      nodeHost: Node.Address,
      port: Service.Port,
      tags: Service.Tags,
      meta: Service.Meta,
      health: worst(Checks.map((check) => (isMaintenance(check.CheckID) ? 'maintenance' : check.Status))),
    }));
}

/** How Consul tells that a node or a service was taken out of use: by a check that is critical, with one of these ids. */
const isMaintenance = (checkId: string): boolean => /^_(?:node_maintenance$|service_maintenance:)/.test(checkId);

function worst(statuses: readonly string[]): Health {
  return healthStatuses.findLast((health) => statuses.includes(health)) ?? 'passing';
}

const self = z.object({
  Config: z.object({ Datacenter: text, Domain: text }).optional(),
  DebugConfig: z.object({ DNSDomain: text }).optional(),
});

/** What an agent says of itself; '' where it does not. */
export interface AgentSelf {
  readonly datacenter: string;
  /** Under which its DNS names are, without dots around it. */
  readonly domain: string;
}

/** The answer of `/v1/agent/self`. The domain was in `Config` before Consul 1.0. Throws on anything else. */
export function readSelf(body: unknown): AgentSelf {
  const { Config, DebugConfig } = self.parse(body);
  const domain = (Config?.Domain || DebugConfig?.DNSDomain) ?? '';
  return { datacenter: Config?.Datacenter ?? '', domain: domain.replace(/^\.|\.$/g, '') };
}
