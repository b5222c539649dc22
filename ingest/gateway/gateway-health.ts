import fastify, { type FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { TlsFiles } from '../otlp/receiver-server.ts';
import type { ForwardSpool } from './forward-spool.ts';

/** Liveness, readiness and metrics of a gateway, as the API has them; metrics for whoever may send. */
export function createGatewayHealth({
  metrics,
  spool,
  allowed,
  tls,
}: {
  readonly metrics: Registry;
  readonly spool: Pick<ForwardSpool, 'requireRoom'>;
  readonly allowed: (authorization: string | undefined) => boolean;
  readonly tls: TlsFiles | undefined;
}): FastifyInstance {
  const app: FastifyInstance = tls ? fastify({ https: { ...tls, minVersion: 'TLSv1.2' } }) : fastify();
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', (_request, reply) => {
    try {
      spool.requireRoom();
      return { status: 'ready', reason: '' };
    } catch (error) {
      return reply
        .code(503)
        .header('retry-after', '30')
        .send({ status: 'not ready', reason: (error as Error).message });
    }
  });
  app.get('/metrics', async (request, reply) => {
    if (!allowed(request.headers.authorization)) return reply.code(401).header('www-authenticate', 'Bearer').send();
    return reply.type(metrics.contentType).send(await metrics.metrics());
  });
  return app;
}
