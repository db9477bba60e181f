import * as z from 'zod';
import type { Endpoint } from './endpoints.ts';

const endpoint = z.object({ host: z.string().min(1), port: z.int().min(1).max(65_535) });

const member = z.object({
  serviceEndpoint: endpoint,
  additionalEndpoints: z.record(z.string(), z.unknown()).nullish(),
  status: z.string().nullish(),
});

/** Names of the nodes below a serverset that are its members. */
export const isMember = (name: string): boolean => name.startsWith('member_');

/**
 * The endpoint of this name (without one, the service's own) in what a member's node holds, JSON; undefined where there
 * is none, the member is not alive, or it is something else.
 */
export function readMember(data: Uint8Array, name: string | undefined): Endpoint | undefined {
  const read = member.safeParse(jsonIn(data)).data;
  if (read === undefined || (read.status ?? 'ALIVE') !== 'ALIVE') return undefined;
  if (name === undefined) return read.serviceEndpoint;
  const all = read.additionalEndpoints ?? {};
  return Object.hasOwn(all, name) ? endpoint.safeParse(all[name]).data : undefined;
}

/** Where a leader listens: `host:port`, or a member of a serverset. */
export function readLeader(data: Uint8Array): Endpoint | undefined {
  const [, host = '', port = ''] = /^\s*(\[[^\]]+\]|[^\s:[\]]+):(\d{1,5})\s*$/.exec(textOf(data)) ?? [];
  return (
    endpoint.safeParse({ host: host.replace(/^\[|\]$/g, ''), port: Number(port) }).data ?? readMember(data, undefined)
  );
}

const textOf = (data: Uint8Array): string => new TextDecoder().decode(data);

function jsonIn(data: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(data));
  } catch {
    return undefined;
  }
}
