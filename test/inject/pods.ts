import fc from 'fast-check';
import type { Pod } from '#webhook/pod.ts';

/** Pods of every shape the injector has to expect: missing and empty maps, odd keys, unknown fields, others' additions. */

const key = fc.constantFrom('a', 'a/b', 'a~b', 'a~1b', '~/', 'heddle.io/mode', 'example.com/x-y');
const strings = fc.dictionary(key, fc.constantFrom('', 'v', 'node', 'sidecar', '{"json":"<&\'>"}'), { maxKeys: 4 });
const absent = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | null | undefined> =>
  fc.oneof({ weight: 1, arbitrary: fc.constantFrom(null, undefined) }, { weight: 3, arbitrary: of });

const proxyNames = ['http_proxy', 'HTTP_PROXY', 'no_proxy', 'NO_PROXY', 'No_Proxy', 'HEDDLE_HOST_IP'];
const hosts = [
  '',
  '*',
  'localhost',
  'a.example, b.example',
  'localhost,127.0.0.1',
  '$(MINE),x',
  'http://127.0.0.1:4140',
];
const env = fc.record(
  {
    name: fc.constantFrom('A', 'B', 'MINE', ...proxyNames),
    value: fc.constantFrom('1', '$(A)', ...hosts),
    valueFrom: fc.constant({ secretKeyRef: { name: 's', key: 'k' } }),
  },
  { requiredKeys: ['name'] },
);

const container = (name: fc.Arbitrary<string>) =>
  fc.record(
    {
      name,
      image: fc.constant('app:1'),
      env: absent(fc.uniqueArray(env, { maxLength: 5, selector: (v) => v.name })),
      envFrom: absent(fc.constant([{ configMapRef: { name: 'c' } }])),
      ports: absent(fc.array(fc.record({ containerPort: fc.constantFrom(80, 8080, 4140) }), { maxLength: 2 })),
      volumeMounts: absent(
        fc.constantFrom(
          [],
          [{ name: 'data', mountPath: '/data' }],
          [{ name: 'kube-api-access-x', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }],
        ),
      ),
      restartPolicy: fc.constant('Always'),
      fieldOfTheFuture: fc.constant({ deep: [1, { deeper: null }] }),
    },
    { requiredKeys: ['name'] },
  );

const containers = (prefix: string, minLength: number) =>
  fc
    .array(container(fc.constant('')), { minLength, maxLength: 3 })
    .map((all) => all.map((c, i) => ({ ...c, name: `${prefix}${i}` })));

export const anyPod: fc.Arbitrary<Pod> = fc
  .record(
    {
      apiVersion: fc.constant('v1'),
      kind: fc.constant('Pod'),
      metadata: absent(
        fc.record(
          {
            generateName: fc.constant('web-'),
            labels: absent(strings),
            annotations: absent(strings),
            future: fc.constant([{}]),
          },
          { requiredKeys: [] },
        ),
      ),
      spec: fc.record(
        {
          containers: containers('app-', 1),
          initContainers: absent(containers('init-', 0)),
          volumes: absent(fc.constantFrom([], [{ name: 'data', emptyDir: {} }])),
          hostNetwork: fc.boolean(),
          restartPolicy: fc.constantFrom('Always', 'OnFailure', 'Never'),
          resourceClaimsOfTomorrow: fc.constant({ a: 1 }),
        },
        { requiredKeys: ['containers'] },
      ),
    },
    { requiredKeys: ['spec'] },
  )
  // As it comes over the wire: no undefined members.
  .map((pod) => JSON.parse(JSON.stringify(pod)) as Pod);
