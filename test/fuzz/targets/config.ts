import { ConfigError } from '#core/config/problem.ts';
import { loadLinkerConfig } from '#sidecar/config.ts';
import type { Target } from '../target.ts';

/** A linker's configuration: read, or refused with all that is wrong with it. */
export const target: Target = {
  run(input) {
    try {
      loadLinkerConfig(input.toString('utf8'), 'linker.yaml');
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
    }
  },
  seeds: [
    'routers:\n- protocol: http\n  dtab: /svc => /#/io.l5d.fs\n  servers: [ { port: 4140 } ]\n',
    'admin: { ip: 127.0.0.1, port: 9990 }\nnamers:\n- { kind: io.l5d.fs, rootDir: disco }\nrouters:\n- protocol: h2\n  label: "a"\n  service: { responseClassifier: { kind: io.l5d.http.retryableRead5XX } }\n  client: { kind: io.l5d.static, configs: [ { prefix: /, loadBalancer: { kind: ewma } } ] }\n',
    'routers: &a [ *a ]\n',
  ],
};
