import { z } from 'zod';
import type { Routes } from '../route-group.ts';

/** Liveness, readiness and metrics, for the machines that look after the process. */
export const healthRoutes: Routes = (app, { notReady, metrics }, { openMetrics }) => {
  app.get(
    '/healthz',
    { config: { open: true }, schema: { response: { 200: z.object({ status: z.literal('ok') }) } } },
    () => ({
      status: 'ok' as const,
    }),
  );

  const readiness = z.object({ status: z.enum(['ready', 'not ready']), reason: z.string() });
  app.get(
    '/readyz',
    { config: { open: true }, schema: { response: { 200: readiness, 503: readiness } } },
    async (_request, reply) => {
      const reason = await notReady().catch(() => 'the check itself failed');
      if (reason === '') return { status: 'ready' as const, reason };
      return reply
        .code(503)
        .header('retry-after', '1')
        .send({ status: 'not ready' as const, reason });
    },
  );

  app.get(
    '/metrics',
    {
      config: openMetrics ? { open: true } : { permission: 'metrics:read' },
      schema: {
        response: {
          200: { description: 'In Prometheus text format', content: { 'text/plain': { schema: z.string() } } },
        },
      },
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()),
  );
};
