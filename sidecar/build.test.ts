import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { ConfigError } from '#core/config/problem.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import { recordingLog } from '#test/helpers/recording-log.ts';
import { buildLinker } from './build.ts';
import { loadLinkerConfig } from './config.ts';

function build(text: string, env: Record<string, string> = {}): ReturnType<typeof buildLinker> {
  const metrics = new Metrics();
  const world = { clock: new ManualClock(), random: () => 0, env, log: recordingLog(), metrics };
  return buildLinker(loadLinkerConfig(text, 'f.yaml'), world, metrics);
}

const local = `interpreter: { kind: default, transformers: [ { kind: io.l5d.k8s.localnode } ] }`;

test('all parts are built, and no port is open', () => {
  const built = build(
    `telemetry: [ { kind: io.l5d.tracelog } ]\nrouters: [ { protocol: http, ${local}, servers: [ { port: 1 } ] } ]`,
    { POD_IP: '10.0.0.1' },
  );
  assert.equal(built.telemeters.length, 1);
  assert.ok(built.world.tracer);
  assert.deepEqual(built.path.ports, [[]]);
  built.close();
});

test('whatever cannot be built is told at once, with its key', () => {
  const text = `routers:
- { protocol: http, label: a, ${local}, servers: [ { port: 1 } ] }
- { protocol: h2, label: b, ${local}, servers: [ { port: 2 } ] }
`;
  assert.throws(
    () => build(text),
    (error) => {
      assert.ok(error instanceof ConfigError);
      const key = (r: number): string => `routers[${r}].interpreter.transformers[0]`;
      assert.deepEqual(
        error.problems.map(({ line, key, text }) => [line, key, text]),
        [
          [2, key(0), "POD_IP env variable must be set to the pod's IP"],
          [3, key(1), "POD_IP env variable must be set to the pod's IP"],
        ],
      );
      return true;
    },
  );
});
