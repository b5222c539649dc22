import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Routes } from '../route-group.ts';

const policySchema = z.object({
  version: z.number(),
  /** Seconds until the client asks again. */
  refresh_seconds: z.number(),
  capture: z.object({
    prompts: z.enum(['redacted', 'off']),
    tool_arguments: z.enum(['redacted', 'off']),
    tool_results: z.enum(['redacted', 'off']),
  }),
});

/** What the client on a developer's machine does until an org sets a policy of its own. */
const DEFAULT_POLICY: z.infer<typeof policySchema> = {
  version: 1,
  refresh_seconds: 300,
  capture: { prompts: 'redacted', tool_arguments: 'redacted', tool_results: 'redacted' },
};

export const policyRoutes: Routes = (app) => {
  const etag = `"${createHash('sha256').update(JSON.stringify(DEFAULT_POLICY)).digest('hex').slice(0, 32)}"`;

  app.get(
    '/api/v1/policy',
    { config: { permission: 'policy:read' }, schema: { response: { 200: policySchema, 304: z.null() } } },
    async (request, reply) => {
      reply.header('etag', etag).header('cache-control', 'private, no-cache');
      const known = (request.headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
      if (known.includes(etag) || known.includes('*')) return reply.code(304).send(null);
      return reply.code(200).send(DEFAULT_POLICY);
    },
  );
};
