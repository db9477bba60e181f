import * as z from 'zod';
import type { Links } from '../admin/page.ts';
import type { AdminResponse, Route } from '../admin/route.ts';
import type { Closable } from '../closable.ts';
import type { Tracer } from '../telemetry/tracer.ts';

/** Takes what a process measures somewhere: what it answers on the admin port, and the spans it wants. */
export interface Telemeter extends Closable {
  readonly routes: readonly Route[];
  /** A page for people, which all pages of the process then point to. */
  readonly page?: { readonly path: string; readonly text: string; show(links: Links): AdminResponse };
  /** Absent where it wants no spans. */
  readonly tracer?: Tracer;
}

const error = 'sampleRate must be between 0.0 and 1.0';

/** The share of traces, or of values, that is taken. */
export const sampleRate = z.number({ error }).refine((rate) => rate >= 0 && rate <= 1, { error });
