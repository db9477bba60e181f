import type { KindConfig } from '#core/config/kind.ts';
import type { Address } from '#core/naming/name.ts';
import type { Namer } from '#core/naming/namer.ts';
import { Path } from '#core/naming/path.ts';
import { filterAddresses, type NamedTransformer } from '#core/naming/transformer.ts';
import { transformerKinds } from '#core/transformers/kinds.ts';
import type { World } from '#core/world.ts';
import { fakeDaemonset, fakeExternalNamer, fakeKubeNamer, type Objects, sameSubnet } from './fake-kubernetes.ts';
import type { Fixture } from './recorded.ts';

interface Section extends KindConfig {
  readonly prefix?: string;
  readonly labelSelector?: string;
  readonly envVar?: string;
  readonly namespace?: string;
  readonly service?: string;
  readonly port?: string;
  readonly hostNetwork?: boolean;
}

/** A namer of Kubernetes over the objects of the fixture. */
export function fakeNamer(config: KindConfig, fixture: Fixture): Namer {
  const section: Section = config;
  const prefix = Path.read(section.prefix ?? `/${section.kind}`);
  const objects = (fixture.k8s ?? {}) as Objects;
  switch (section.kind) {
    case 'io.l5d.k8s':
      return fakeKubeNamer(
        prefix,
        objects,
        section.labelSelector === undefined ? {} : { label: section.labelSelector },
      );
    case 'io.l5d.k8s.ns':
      return fakeKubeNamer(prefix, objects, { namespace: fixture.env?.[section.envVar ?? 'POD_NAMESPACE'] ?? '' });
    case 'io.l5d.k8s.external':
      return fakeExternalNamer(prefix, objects);
    default:
      throw new Error(`no fake of ${section.kind}`);
  }
}

/** A transformer of Kubernetes over the objects of the fixture, or a real one. */
export function fakeTransformer(config: KindConfig, fixture: Fixture, world: World): NamedTransformer {
  const section: Section = config;
  const { POD_IP: podIp = '', NODE_NAME: nodeName = '' } = fixture.env ?? {};
  switch (section.kind) {
    case 'io.l5d.k8s.daemonset': {
      const { namespace = '', service = '', port = '' } = section;
      const tag = Path.of('%', section.kind, namespace, port, service);
      const objects = (fixture.k8s ?? {}) as Objects;
      return fakeDaemonset(
        tag,
        objects,
        { namespace, service, port },
        section.hostNetwork === true ? sameNode : samePart,
      );
    }
    case 'io.l5d.k8s.localnode':
      return section.hostNetwork === true
        ? filterAddresses(
            Path.of('%', section.kind, nodeName),
            'MetadataFiltertingNameTreeTransformer',
            (a) => a.meta['nodeName'] === nodeName,
          )
        : filterAddresses(Path.of('%', section.kind, podIp), 'SubnetLocalTransformer', (a) =>
            sameSubnet(a.host, podIp),
          );
    default:
      return transformerKinds.make(transformerKinds.schema.parse(section), world);
  }
}

const samePart = (a: Address, b: Address): boolean => sameSubnet(a.host, b.host);
const sameNode = (a: Address, b: Address): boolean => a.meta['nodeName'] === b.meta['nodeName'];
