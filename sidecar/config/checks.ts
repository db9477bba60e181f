import type * as z from 'zod';
import type { KindConfig } from '#core/config/kind.ts';
import type { Remark } from '#core/config/load.ts';
import { scribeRemark } from '#core/telemeters/zipkin.ts';
import { type BudgetConfig, budgetProblem } from '../router/budget.ts';
import type { RouterConfig } from './router.ts';

type Report = (path: (string | number)[], text: string) => void;

/**
 * What holds between the parts of a file, in Linkerd's words. Linkerd finds these only when it starts, so that its
 * `-validate` lets them pass: they are late.
 *
 * Runs also where parts are wrong in themselves, to report all there is at once; such a part is left out here.
 */
export function conflicts(config: unknown, context: z.RefinementCtx): void {
  const report: Report = (path, message) => context.addIssue({ code: 'custom', path, message, params: { late: true } });
  const routers = list(config, 'routers');
  if (routers === undefined) return;
  if (routers.length === 0) report(['routers'], 'At least one router must be specified in the configuration.');
  sameLabels(routers, report);
  samePorts(routers, report);
  for (const [r, router] of routers.entries()) {
    if (list(router, 'servers')?.length === 0)
      report(['routers', r], `router '${labelOf(router)}' has no servers: servers is a list`);
  }
  secretsWithoutIngress(routers, report);
  streamingTwice(routers, report);
}

function streamingTwice(routers: readonly unknown[], report: Report): void {
  for (const [r, router] of routers.entries()) {
    if (member(router, 'streamingEnabled') !== false || member(router, 'streamAfterContentLengthKB') === undefined)
      continue;
    const text = `Conflicting streaming options set. Can't disable streaming and set streamAfterContentLengthKB in ${labelOf(router)}`;
    report(['routers', r, 'streamAfterContentLengthKB'], text);
  }
}

function secretsWithoutIngress(routers: readonly unknown[], report: Report): void {
  for (const [r, router] of routers.entries()) {
    if (list(router, 'identifier')?.some((each) => member(each, 'kind') === 'io.l5d.ingress')) continue;
    for (const [s, server] of (list(router, 'servers') ?? []).entries()) {
      if (member(member(server, 'tls'), 'ingressSecrets') !== true) continue;
      const path = ['routers', r, 'servers', s, 'tls', 'ingressSecrets'];
      report(path, 'there are none: the router has no identifier io.l5d.ingress');
    }
  }
}

function sameLabels(routers: readonly unknown[], report: Report): void {
  const labels = new Set<string>();
  for (const [r, router] of routers.entries()) {
    const label = labelOf(router);
    if (label === undefined) continue;
    if (labels.has(label))
      report(['routers', r, 'label'], `Multiple routers with the label ${label}: each needs its own`);
    labels.add(label);
  }
}

function samePorts(routers: readonly unknown[], report: Report): void {
  const taken = new Map<string, string>();
  for (const [r, router] of routers.entries()) {
    for (const [s, server] of (list(router, 'servers') ?? []).entries()) {
      const port = member(server, 'port');
      const address = `${member(server, 'ip')} ${port}`;
      const other = taken.get(address);
      if (other !== undefined)
        report(['routers', r, 'servers', s, 'port'], `Server conflict on port ${port}: ${other} has it`);
      else if (typeof port === 'number') taken.set(address, `routers[${r}].servers[${s}]`);
    }
  }
}

function labelOf(router: unknown): string | undefined {
  const label = member(router, 'label') ?? member(router, 'protocol');
  return typeof label === 'string' ? label : undefined;
}

function list(of: unknown, key: string): readonly unknown[] | undefined {
  const value = member(of, key);
  return Array.isArray(value) ? value : undefined;
}

function member(of: unknown, key: string): unknown {
  return typeof of === 'object' && of !== null ? (of as Readonly<Record<string, unknown>>)[key] : undefined;
}

interface Parts {
  readonly routers: readonly RouterConfig[];
  readonly telemetry: readonly KindConfig[];
  readonly workers: number;
}

/** What is accepted, as Linkerd accepts it, but will not do what its writer may think. */
export function remarks({ routers, telemetry, workers }: Parts): Remark[] {
  const found: Remark[] = [];
  for (const [t, config] of telemetry.entries()) {
    const text = scribeRemark(config);
    if (text !== undefined) found.push({ path: ['telemetry', t], text });
    if (config.kind === 'io.l5d.recentRequests' && workers > 1)
      found.push({
        path: ['telemetry', t],
        text: `shows nothing: with workers: ${workers}, other threads carry requests`,
      });
  }
  for (const [r, router] of routers.entries()) {
    for (const section of ['client', 'service'] as const) {
      for (const { matcher, at } of router[section]) {
        if (matcher !== undefined) continue;
        const path = ['routers', r, section, ...at, 'prefix'];
        found.push({ path, text: 'matches nothing without a prefix, which is a path such as /#/io.l5d.fs/{service}' });
      }
    }
    found.push(...serverRemarks(r, router), ...clientRemarks(r, router), ...serviceRemarks(r, router));
  }
  return found;
}

function serverRemarks(r: number, { servers }: RouterConfig): Remark[] {
  return servers.flatMap(({ socketOptions }, s) => {
    const path = ['routers', r, 'servers', s, 'socketOptions'];
    if (socketOptions?.reuseAddr !== false) return [];
    return [{ path: [...path, 'reuseAddr'], text: 'a listening port is always opened with SO_REUSEADDR' }];
  });
}

function clientRemarks(r: number, { client }: RouterConfig): Remark[] {
  return client.flatMap(({ params: { tls, requeueBudget }, at }) => {
    const path = ['routers', r, 'client', ...at];
    const found = budgetRemarks([...path, 'requeueBudget'], requeueBudget);
    if (tls === undefined) return found;
    if (tls.enabled && !tls.disableValidation && tls.commonName === undefined) {
      found.push({
        path: [...path, 'tls'],
        text: 'tls is configured with validation but `commonName` is not set: no certificate will do',
      });
    }
    if (tls.trustCerts !== undefined && tls.trustCertsBundle !== undefined) {
      const text = 'Both trustCerts and trustCertsBundle have been set. Please use only trustCertsBundle.';
      found.push({ path: [...path, 'tls', 'trustCerts'], text });
    }
    return found;
  });
}

function serviceRemarks(r: number, { service }: RouterConfig): Remark[] {
  return service.flatMap(({ params, at }) => {
    const retries = 'retries' in params ? params.retries : undefined;
    const path = ['routers', r, 'service', ...at, 'retries'];
    const found = budgetRemarks([...path, 'budget'], retries?.budget);
    const backoff = retries?.backoff;
    if (backoff?.kind !== 'jittered') return found;
    for (const key of ['minMs', 'maxMs'] as const) {
      if (backoff[key] === undefined)
        found.push({ path: [...path, 'backoff'], text: `'${key}' must be specified: without it there is no wait` });
    }
    return found;
  });
}

function budgetRemarks(path: (string | number)[], budget: BudgetConfig | undefined): Remark[] {
  const problem = budget && budgetProblem(budget);
  return problem === undefined
    ? []
    : [{ path: [...path, problem.key], text: `every request will fail: ${problem.text}` }];
}
