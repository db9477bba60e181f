import type { Contender, Launch, Site } from '../contender.ts';
import { debian } from '../tools.ts';

/**
 * One worker, one connection to each of three endpoints, a Via, and a trace header, which is the same in every request:
 * nghttpx has no random one without a program of its own. Round robin, no access log; that is how it comes.
 */
function http2(site: Site): Launch {
  const backends = site.origins.map((port) => `backend=127.0.0.1,${port};;proto=h2`);
  const conf = `workers=1
frontend=127.0.0.1,${site.front};no-tls
${backends.join('\n')}
errorlog-file=${site.dir}/nghttpx.log
add-request-header=l5d-ctx-trace: 7b7d1f0e1111222233334444555566667777AAA=
`;
  return {
    files: { 'nghttpx.conf': conf },
    commands: [['nghttpx', `--conf=${site.dir}/nghttpx.conf`]],
    port: site.front,
  };
}

export const nghttpx: Contender = {
  name: 'nghttpx',
  needs: [debian('nghttpx', 'nghttp2-proxy')],
  paths: { h2c: http2, grpc: http2 },
};
