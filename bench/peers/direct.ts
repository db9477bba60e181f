import type { Contender, Launch, Site } from '../contender.ts';

function straight(site: Site): Launch {
  const [port] = site.origins;
  if (port === undefined) throw new Error('no origin');
  return { files: {}, commands: [], port };
}

/** No proxy at all: what client, origin and kernel cost by themselves. */
export const direct: Contender = {
  name: 'direct',
  needs: [],
  paths: { h1: straight, mtls: straight, h2c: straight, grpc: straight },
};
