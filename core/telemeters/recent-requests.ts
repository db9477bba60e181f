import * as z from 'zod';
import { html } from '../admin/html.ts';
import { type Links, page } from '../admin/page.ts';
import type { AdminResponse } from '../admin/route.ts';
import { nothingToClose } from '../closable.ts';
import { defineKind } from '../config/kind.ts';
import { type RecentRequest, RecentRequests } from '../telemetry/recent-requests.ts';
import { inSample } from '../telemetry/trace.ts';
import type { World } from '../world.ts';
import { sampleRate, type Telemeter } from './telemeter.ts';

const columns = ['Timestamp', 'Source', 'Server', 'Router', 'Logical Name', 'Concrete Name', 'Destination'];

/** The last requests, of a share of all traces, as a page of the admin port. */
export const recentRequestsTelemeter = defineKind({
  schema: z.strictObject({
    kind: z.literal('io.l5d.recentRequests'),
    sampleRate,
    capacity: z.int().min(1).max(10_000).default(10),
  }),
  make({ sampleRate: rate, capacity }, { random }: World): Telemeter {
    const salt = (random() * 0x1_0000_0000) | 0;
    const recent = new RecentRequests(capacity);
    return {
      ...nothingToClose,
      tracer: { samples: () => undefined, wants: (id) => inSample(id, rate, salt), record: (span) => recent.add(span) },
      routes: [],
      page: { path: '/requests', text: 'requests', show: (links) => shown(recent.newestFirst, links) },
    };
  },
});

function shown(requests: readonly RecentRequest[], links: Links): AdminResponse {
  const head = columns.map((text) => html`<th>${text}</th>`);
  const rows = requests.map(
    (r) =>
      html`<tr><td>${new Date(r.at).toISOString()}</td><td>${r.source}</td><td>${r.server}</td><td>${r.router}</td><td><a href="${delegator(r.router, r.service)}">${r.service}</a></td><td><a href="${delegator(r.router, r.client)}">${r.client}</a></td><td>${r.destination}</td></tr>\n`,
  );
  const table = html`<h2>recent requests</h2>\n<table><tr>${head}</tr>\n${rows}</table>`;
  return page('Heddle: requests', links, table, '');
}

function delegator(router: string, path: string): string {
  return `/delegator?router=${encodeURIComponent(router)}#${encodeURIComponent(path)}`;
}
