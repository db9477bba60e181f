import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadLinkerConfig } from '../config.ts';

/** What is said of a file with this router section, by key. */
function remarks(text: string): Record<string, string> {
  const { warnings } = loadLinkerConfig(
    `routers: [{protocol: http, ${text.includes('servers:') ? '' : 'servers: [{}], '}${text}}]`,
    'f',
  );
  return Object.fromEntries(warnings.map(({ key, text }) => [key.replace('routers[0].', ''), text]));
}

test('a file that means what it says is loaded without a word', () => {
  assert.deepEqual(remarks('client: {tls: {commonName: web}}'), {});
});

test('a client that no certificate could satisfy', () => {
  assert.match(remarks('client: {tls: {}}')['client.tls'] ?? '', /no certificate will do/);
  for (const fine of ['{disableValidation: true}', '{enabled: false}']) {
    assert.deepEqual(remarks(`client: {tls: ${fine}}`), {});
  }
});

test('two ways to say whom to trust', () => {
  const said = remarks('client: {tls: {commonName: web, trustCerts: [/a], trustCertsBundle: /b}}');
  assert.match(said['client.tls.trustCerts'] ?? '', /use only trustCertsBundle/);
});

test('entries that match nothing', () => {
  const section = '{kind: io.l5d.static, configs: [{prefix: /a}, {}]}';
  assert.deepEqual(Object.keys(remarks(`client: ${section}, service: ${section}`)), [
    'client.configs[1].prefix',
    'service.configs[1].prefix',
  ]);
});

test('budgets and backoffs that are not taken as they stand', () => {
  assert.match(
    remarks('client: {requeueBudget: {ttlSecs: 61}}')['client.requeueBudget.ttlSecs'] ?? '',
    /every request will fail: .*61\.seconds/,
  );
  const retries = '{budget: {ttlSecs: 0}, backoff: {kind: jittered, minMs: 5}}';
  assert.deepEqual(Object.keys(remarks(`service: {retries: ${retries}}`)), [
    'service.retries.budget.ttlSecs',
    'service.retries.backoff',
  ]);
});

test('a collector that is not spoken to as it says', () => {
  const text =
    'telemetry: [{kind: io.l5d.prometheus}, {kind: io.l5d.zipkin, host: a}]\nrouters: [{protocol: http, servers: [{}]}]';
  const { warnings } = loadLinkerConfig(text, 'f');
  assert.deepEqual(
    warnings.map(({ key }) => key),
    ['telemetry[1]'],
  );
});

test('what the system does whatever stands there', () => {
  const said = remarks('label: a, servers: [{socketOptions: {reuseAddr: false}}, {port: 1, socketOptions: {}}]');
  assert.deepEqual(Object.keys(said), ['servers[0].socketOptions.reuseAddr']);
});

test('certificates of Ingresses where no Ingress is read', () => {
  const file = (identifier: string) =>
    `routers: [{protocol: http, identifier: ${identifier}, servers: [{tls: {ingressSecrets: true}}]}]`;
  assert.throws(
    () => loadLinkerConfig(file('{kind: io.l5d.header}'), 'f'),
    /routers\[0\]\.servers\[0\]\.tls\.ingressSecrets: there are none: the router has no identifier io\.l5d\.ingress/,
  );
  loadLinkerConfig(file('[{kind: io.l5d.header}, {kind: io.l5d.ingress}]'), 'f');
});

test('recent requests, where other threads carry the requests', () => {
  const text = (workers: number): string => `workers: ${workers}
telemetry: [{kind: io.l5d.recentRequests, sampleRate: 1}]
routers: [{protocol: http, servers: [{}]}]`;
  const said = (workers: number): string =>
    loadLinkerConfig(text(workers), 'f')
      .warnings.map((w) => w.text)
      .join();
  assert.match(said(2), /^shows nothing: with workers: 2/);
  assert.equal(said(1), '');
});
