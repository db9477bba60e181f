import type { Contender, Launch, Site } from '../contender.ts';
import { debian } from '../tools.ts';

/**
 * One worker, warm connections to the upstream, buffers that hold a 10 KB answer, two random choices of three endpoints,
 * and the header work a mesh does: a Via and a random 40-byte trace header.
 */
function config(site: Site, name: string, http: string): string {
  return `daemon off;
worker_processes 1;
pid ${site.dir}/${name}.pid;
error_log ${site.dir}/${name}.log warn;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path ${site.dir}/${name}-body;
  proxy_temp_path ${site.dir}/${name}-proxy;
  fastcgi_temp_path ${site.dir}/${name}-fastcgi;
  uwsgi_temp_path ${site.dir}/${name}-uwsgi;
  scgi_temp_path ${site.dir}/${name}-scgi;
  keepalive_requests 100000000;
  proxy_http_version 1.1;
  proxy_buffer_size 16k;
  proxy_buffers 8 16k;
  proxy_set_header Connection "";
  proxy_set_header Host $http_host;
  proxy_set_header Via "1.1 nginx";
  proxy_set_header l5d-ctx-trace "\${request_id}AAAAAAA=";
  add_header Via "1.1 nginx";
${http}
}
`;
}

function upstream(ports: readonly number[]): string {
  const servers = ports.map((port) => `    server 127.0.0.1:${port};`).join('\n');
  return `  upstream next {
    random two least_conn;
${servers}
    keepalive 256;
    keepalive_requests 100000000;
  }`;
}

const start = (site: Site, name: string) => ['nginx', '-p', site.dir, '-e', 'stderr', '-c', `${site.dir}/${name}.conf`];

function oneHop(site: Site): Launch {
  const http = `${upstream(site.origins)}
  server { listen 127.0.0.1:${site.front}; location / { proxy_pass http://next; } }`;
  return { files: { 'front.conf': config(site, 'front', http) }, commands: [start(site, 'front')], port: site.front };
}

function twoHops(site: Site): Launch {
  const { ca, cert, key, name } = site.certificates;
  const front = `${upstream([site.back])}
  server {
    listen 127.0.0.1:${site.front};
    location / {
      proxy_pass https://next;
      proxy_ssl_certificate ${cert};
      proxy_ssl_certificate_key ${key};
      proxy_ssl_trusted_certificate ${ca};
      proxy_ssl_verify on;
      proxy_ssl_name ${name};
      proxy_ssl_server_name on;
      proxy_ssl_protocols TLSv1.3;
    }
  }`;
  const back = `${upstream(site.origins)}
  server {
    listen 127.0.0.1:${site.back} ssl;
    ssl_certificate ${cert};
    ssl_certificate_key ${key};
    ssl_client_certificate ${ca};
    ssl_verify_client on;
    ssl_protocols TLSv1.3;
    location / { proxy_pass http://next; }
  }`;
  return {
    files: { 'front.conf': config(site, 'front', front), 'back.conf': config(site, 'back', back) },
    commands: [start(site, 'back'), start(site, 'front')],
    port: site.front,
  };
}

/** HTTP/2 to an upstream nginx speaks as `grpc_pass` only. */
function grpc(site: Site): Launch {
  const http = `  grpc_set_header Via "1.1 nginx";
  grpc_set_header l5d-ctx-trace "\${request_id}AAAAAAA=";
${upstream(site.origins)}
  server { listen 127.0.0.1:${site.front} http2; location / { grpc_pass grpc://next; } }`;
  return { files: { 'front.conf': config(site, 'front', http) }, commands: [start(site, 'front')], port: site.front };
}

export const nginx: Contender = {
  name: 'nginx',
  needs: [debian('nginx')],
  paths: { h1: oneHop, mtls: twoHops, grpc },
};
