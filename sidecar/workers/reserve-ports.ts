import { type AddressInfo, createServer } from 'node:net';

interface Place {
  readonly ip: string;
  readonly port: number;
}

/**
 * The port of each server, 0 made definite. Threads share ports, so that none of them would notice that somebody else
 * has one: it is taken alone once, for a moment. Rejects where it cannot be had.
 */
export async function reservePorts(routers: readonly { readonly servers: readonly Place[] }[]): Promise<number[][]> {
  const ports: number[][] = [];
  for (const { servers } of routers) {
    const own: number[] = [];
    for (const server of servers) own.push(await reserved(server));
    ports.push(own);
  }
  return ports;
}

function reserved({ ip, port }: Place): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: ip, port, exclusive: true }, () => {
      const taken = (server.address() as AddressInfo).port;
      server.close(() => resolve(taken));
    });
  });
}
