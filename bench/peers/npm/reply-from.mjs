import replyFrom from '@fastify/reply-from';
import fastify from 'fastify';
import { lend, settings, trace } from './peer.mjs';

const app = fastify({ keepAliveTimeout: 60_000 });
app.register(replyFrom, { undici: { connections: 64 } });

app.all('/*', (request, reply) => {
  const { port } = lend(reply.raw);
  return reply.from(request.raw.url, {
    getUpstream: () => `http://127.0.0.1:${port}`,
    rewriteRequestHeaders: ({ headers: { host } }, headers) => ({
      ...headers,
      host,
      via: '1.1 reply-from',
      'l5d-ctx-trace': trace(),
    }),
    rewriteHeaders: (headers) => ({ ...headers, via: '1.1 reply-from' }),
  });
});

await app.listen({ port: settings.port, host: '127.0.0.1' });
