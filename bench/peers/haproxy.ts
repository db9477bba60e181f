import type { Contender, Launch, Site } from '../contender.ts';
import { debian } from '../tools.ts';

/** One thread, two random choices of three endpoints, the header work a mesh does. */
function config(bind: string, servers: readonly string[]): string {
  return `global
  nbthread 1
  maxconn 4096
defaults
  mode http
  http-reuse always
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout http-keep-alive 60s
frontend front
  bind ${bind}
  http-request set-header via "1.1 haproxy"
  http-request set-header l5d-ctx-trace "%[uuid()]AAA="
  http-response set-header via "1.1 haproxy"
  default_backend next
backend next
  balance random(2)
${servers.map((server, i) => `  server s${i} ${server}`).join('\n')}
`;
}

const start = (site: Site, name: string) => ['haproxy', '-q', '-db', '-f', `${site.dir}/${name}.cfg`];
const plain = (ports: readonly number[]) => ports.map((port) => `127.0.0.1:${port}`);

function oneHop(site: Site): Launch {
  const front = config(`127.0.0.1:${site.front}`, plain(site.origins));
  return { files: { 'front.cfg': front }, commands: [start(site, 'front')], port: site.front };
}

function http2(site: Site): Launch {
  const servers = plain(site.origins).map((server) => `${server} proto h2`);
  const front = config(`127.0.0.1:${site.front} proto h2`, servers);
  return { files: { 'front.cfg': front }, commands: [start(site, 'front')], port: site.front };
}

/** `alpn` and `proto` of the connection between the two proxies. */
function pair(site: Site, bindExtra: string, serverExtra: string): Launch {
  const { ca, pair: pem, name } = site.certificates;
  const tls = `ssl crt ${pem} ca-file ${ca} verify required ssl-min-ver TLSv1.3`;
  const front = config(`127.0.0.1:${site.front}`, [
    `127.0.0.1:${site.back} ${tls} sni str(${name}) verifyhost ${name}${serverExtra}`,
  ]);
  const back = config(`127.0.0.1:${site.back} ${tls}${bindExtra}`, plain(site.origins));
  return {
    files: { 'front.cfg': front, 'back.cfg': back },
    commands: [start(site, 'back'), start(site, 'front')],
    port: site.front,
  };
}

const needs = [debian('haproxy')];

export const haproxy: Contender = {
  name: 'haproxy',
  needs,
  paths: { h1: oneHop, h2c: http2, grpc: http2, mtls: (site) => pair(site, '', '') },
};

/** HAProxy with HTTP/2 between the two proxies. */
export const haproxyH2: Contender = {
  name: 'haproxy-h2',
  needs,
  paths: { mtls: (site) => pair(site, ' alpn h2', ' alpn h2') },
};
