import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, showProblem } from '#core/config/problem.ts';
import { checkLinker } from '#sidecar/check.ts';
import { loadLinkerConfig } from '#sidecar/config.ts';

/** A linker with one router, which has more than its protocol and server. */
const router = (more: string, protocol = 'http'): string =>
  `routers: [ { protocol: ${protocol}, servers: [ { port: 1 } ], ${more} } ]`;
/** A linker with a good router. */
const beside = (more: string): string => `${more}\n${router('label: r')}`;
const transformers = (...all: readonly string[]): string =>
  router(`interpreter: { kind: default, transformers: [ ${all.join()} ] }`);
const client = (more: string): string => router(`client: { ${more} }`);

/** What people search for, by the configuration it is said of. */
const messages: readonly (readonly [config: string, message: string])[] = [
  ['routers: []', 'At least one router must be specified in the configuration.'],
  [
    'routers: [ { protocol: http, servers: [ {} ] }, { protocol: http, servers: [ { port: 2 } ] } ]',
    'Multiple routers with the label http',
  ],
  [
    'routers: [ { protocol: http, servers: [ {} ] }, { protocol: h2, servers: [ { port: 4140 } ] } ]',
    'Server conflict on port 4140',
  ],
  [
    router('label: a, streamingEnabled: false, streamAfterContentLengthKB: 5'),
    "Conflicting streaming options set. Can't disable streaming and set streamAfterContentLengthKB in a",
  ],
  ['routers: [ { protocol: http, label: a } ]', "router 'a' has no servers"],
  [
    beside('namers: [ { kind: io.l5d.dnssrv } ]'),
    "The /io.l5d.dnssrv namer is experimental and must be explicitly enabled by setting the `experimental' parameter to `true'.",
  ],
  [
    beside('namers: [ { kind: io.l5d.dnssrv, prefix: /srv } ]'),
    "The /srv namer is experimental and must be explicitly enabled by setting the `experimental' parameter to `true'.",
  ],
  [
    beside('telemetry: [ { kind: io.l5d.statsd } ]'),
    "telemeter is experimental and must be explicitly enabled by setting the `experimental' parameter to `true'.",
  ],
  [
    router('interpreter: { kind: io.l5d.k8s.configMap, name: a, filename: b }'),
    "interpreter is experimental and must be explicitly enabled by setting the `experimental' parameter to `true'.",
  ],
  ...['namespace', 'service', 'port'].map((key): [string, string] => {
    const keys = { namespace: 'a', service: 'b', port: 'c' };
    const others = Object.entries(keys).filter(([name]) => name !== key);
    return [
      transformers(`{ kind: io.l5d.k8s.daemonset, ${others.map(([name, value]) => `${name}: ${value}`).join()} }`),
      `io.l5d.k8s.daemonset: ${key} property is required`,
    ];
  }),
  [beside('namers: [ { kind: io.l5d.k8s.ns } ]'), 'could not find namespace for envVar'],
  [
    client('tls: { disableValidation: true, clientAuth: { certPath: a, keyPath: b } }'),
    'requirement failed: disableValidation: true is incompatible with clientAuth',
  ],
  [
    client('tls: { commonName: a, trustCerts: [ a ], trustCertsBundle: b }'),
    'Both trustCerts and trustCertsBundle have been set. Please use only trustCertsBundle.',
  ],
  [client('tls: {}'), 'tls is configured with validation but `commonName` is not set'],
  [router('service: { retries: { backoff: { kind: jittered, maxMs: 5 } } }'), "'minMs' must be specified"],
  [router('service: { retries: { backoff: { kind: jittered, minMs: 5 } } }'), "'maxMs' must be specified"],
  [beside('telemetry: [ { kind: io.l5d.recentRequests } ]'), 'sampleRate must be between 0.0 and 1.0'],
  [beside('telemetry: [ { kind: io.l5d.recentRequests, sampleRate: 2 } ]'), 'sampleRate must be between 0.0 and 1.0'],
  [beside("namers: [ { kind: io.l5d.rewrite, pattern: '/a', name: /b } ]"), "The 'prefix' property is required"],
  [router('identifier: { kind: io.l5d.header.path, segments: 0 }', 'h2'), '`segments` must be >= 1'],
  [router('identifier: { kind: io.l5d.static }'), 'path is required'],
  [transformers('{ kind: io.l5d.k8s.localnode }'), "POD_IP env variable must be set to the pod's IP"],
  [
    transformers('{ kind: io.l5d.k8s.localnode, hostNetwork: true }'),
    "NODE_NAME env variable must be set to the node's name",
  ],
  [beside('admin: { port: 70000 }'), '70000 outside valid range for ports'],
  [beside('telemetry: [ { kind: io.l5d.tracelog, level: LOUD } ]'), 'Illegal log level'],
  [beside('namers: [ { kind: io.l5d.fs, rootDir: /not/there } ]'), '/not/there is not a directory'],
  [router('interpreter: { kind: io.l5d.fs, dtabFile: /not/there }'), '/not/there is not a file'],
];

function said(config: string): string {
  try {
    const loaded = loadLinkerConfig(config, 'f');
    return [...loaded.warnings, ...checkLinker(loaded, {})].map((problem) => showProblem('f', problem)).join('\n');
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
}

for (const [config, message] of messages) {
  test(`what is wrong is said in the words of Linkerd: ${message}`, () => {
    const lines = said(config).split('\n');
    assert.ok(
      lines.some((line) => line.includes(message)),
      lines.join('\n'),
    );
  });
}
