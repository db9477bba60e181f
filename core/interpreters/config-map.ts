import * as z from 'zod';
import { port } from '../config/fields.ts';
import { defineKind } from '../config/kind.ts';
import { Api } from '../k8s/api.ts';
import { configMapText } from '../k8s/config-map.ts';
import type { Interpreter } from '../naming/namer.ts';
import { type InterpreterDeps, interpreterFields } from './fields.ts';
import { storedDtab, storedInterpreter } from './stored-dtab.ts';

/**
 * Binds in this process, by a table in a ConfigMap that is followed as it changes; the router's own table comes after
 * it. Without the ConfigMap, or the key in it, the table is empty; one that cannot be read leaves the last good one.
 */
export const configMapInterpreter = defineKind({
  experimental: true,
  schema: z.strictObject({
    kind: z.literal('io.l5d.k8s.configMap'),
    ...interpreterFields,
    host: z.string().optional().describe('Of a `kubectl proxy`. Without host and port, the service account is used.'),
    port: port.optional().describe('Of a `kubectl proxy`.'),
    namespace: z.string().min(1).default('default').describe('Of the ConfigMap.'),
    name: z.string().min(1).describe('Of the ConfigMap.'),
    filename: z.string().min(1).describe('The key in it that holds the dtab.'),
  }),
  make({ host, port, namespace, name, filename }, { namers, world }: InterpreterDeps): Interpreter {
    const text = configMapText(Api.of(world, { host, port }), namespace, name, filename).map((found) => found ?? '');
    const source = `${namespace}/${name}/${filename}`;
    const dtab = storedDtab(text, source, world.log).stabilized();
    return storedInterpreter({ kind: 'io.l5d.k8s.configMap', source }, dtab, namers);
  },
});
