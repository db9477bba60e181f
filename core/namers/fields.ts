import * as z from 'zod';
import { path, port } from '../config/fields.ts';
import type { KindConfig } from '../config/kind.ts';
import { transformerKinds } from '../transformers/kinds.ts';

/** The keys that every namer has, beside `experimental`, which its family adds. */
export const namerFields = {
  /** Under `/#`; by default `/` and the kind. */
  prefix: path.optional(),
  transformers: z.array(transformerKinds.schema).optional(),
};

/** The keys of a namer that asks a Kubernetes API. */
export const k8sFields = {
  ...namerFields,
  host: z.string().optional().describe('Of a `kubectl proxy`. Without host and port, the service account is used.'),
  port: port.optional().describe('Of a `kubectl proxy`.'),
  labelSelector: z.string().optional().describe('A label that services must have, with the value the name ends with.'),
};

/** What a configured namer is known to have, whatever its kind. */
export type NamerConfig = KindConfig & { readonly transformers?: readonly KindConfig[] | undefined };
