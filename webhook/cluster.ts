import { existsSync } from 'node:fs';
import {
  AdmissionregistrationV1Api,
  CoreV1Api,
  KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  Watch,
} from '@kubernetes/client-node';
import type { Material } from './certificate.ts';
import type { CertificatePlace } from './certificate-keeper.ts';
import type { Listable } from './endless-watch.ts';
import type { NamespaceObject } from './namespaces.ts';

/** What the injector needs of an API server, and the least rights to be given for it (see the manifests). */
export interface Cluster {
  readonly namespaces: Listable<NamespaceObject & { readonly metadata?: { readonly resourceVersion?: string } }>;
  /** The Secret must exist; it is filled, never made. The webhook configuration is given its caBundle. */
  certificatePlace(namespace: string, secret: string, webhookConfiguration: string): CertificatePlace;
}

/** The cluster we run in, else the one that KUBECONFIG names. */
export function cluster(): Cluster {
  const config = new KubeConfig();
  if (existsSync('/var/run/secrets/kubernetes.io/serviceaccount/token')) config.loadFromCluster();
  else config.loadFromDefault();
  const core = config.makeApiClient(CoreV1Api);
  const admission = config.makeApiClient(AdmissionregistrationV1Api);
  return {
    namespaces: {
      async list() {
        const { items, metadata } = await core.listNamespace();
        return { items, resourceVersion: metadata?.resourceVersion ?? '' };
      },
      watch(resourceVersion, event, done) {
        const query = { resourceVersion, allowWatchBookmarks: true };
        let closed = false;
        const end = (error: unknown): void => {
          if (!closed) done(isTimeout(error) ? undefined : (error ?? undefined));
        };
        const stream = new Watch(config).watch('/api/v1/namespaces', query, event, end);
        stream.catch(end); // credentials that cannot be read are not told to `done`
        return {
          close() {
            closed = true;
            stream.then((controller) => controller.abort()).catch(() => {});
          },
        };
      },
    },
    certificatePlace: (namespace, name, webhooks) => ({
      async load() {
        const { data = {}, metadata } = await core.readNamespacedSecret({ namespace, name });
        return { material: fromSecret(data), version: metadata?.resourceVersion ?? '' };
      },
      async store(material, resourceVersion) {
        const body = { metadata: { resourceVersion }, data: toSecret(material) };
        const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
        try {
          await core.patchNamespacedSecret({ namespace, name, body }, merge);
          return true;
        } catch (error) {
          if ((error as { readonly code?: unknown }).code === 409) return false;
          throw error;
        }
      },
      async trust(ca) {
        const caBundle = Buffer.from(ca).toString('base64');
        const { webhooks: found = [] } = await admission.readMutatingWebhookConfiguration({ name: webhooks });
        if (found.every(({ clientConfig }) => clientConfig.caBundle === caBundle)) return;
        await admission.patchMutatingWebhookConfiguration(
          {
            name: webhooks,
            fieldManager: 'heddle-injector',
            force: true,
            body: {
              apiVersion: 'admissionregistration.k8s.io/v1',
              kind: 'MutatingWebhookConfiguration',
              metadata: { name: webhooks },
              webhooks: found.map((webhook) => ({ name: webhook.name, clientConfig: { caBundle } })),
            },
          },
          setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply),
        );
      },
    }),
  };
}

/** client-node ends a watch on which nothing came for half a minute. */
const isTimeout = (error: unknown): boolean => error instanceof DOMException && error.name === 'TimeoutError';

const files = { ca: 'ca.crt', caKey: 'ca.key', cert: 'tls.crt', key: 'tls.key' } as const;

function fromSecret(data: Readonly<Record<string, string>>): Material | undefined {
  const text = (file: string): string => Buffer.from(data[file] ?? '', 'base64').toString();
  const material = { ca: text(files.ca), caKey: text(files.caKey), cert: text(files.cert), key: text(files.key) };
  return Object.values(material).includes('') ? undefined : material;
}

const toSecret = (material: Material): Record<string, string> =>
  Object.fromEntries(
    (Object.keys(files) as (keyof Material)[]).map((part) => [
      files[part],
      Buffer.from(material[part]).toString('base64'),
    ]),
  );
