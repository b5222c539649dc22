import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { CodedError } from '../../../engine/core/errors.ts';
import type { ApiOptions } from '../services.ts';

/** What the page may load: itself, from here. Styles and scripts are files; Trusted Types make the browser refuse HTML from strings. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types default',
].join('; ');

/** A year: the names of these files hold a hash of what is in them. */
const IMMUTABLE = 'public, max-age=31536000, immutable';
const NOT_BUILT = 'The web UI is not built. Run: npm run build:web\n';

/** The web UI at `/`: files of the build, and the page itself for every other path that is not the API's. */
export async function webRoutes(app: FastifyInstance, { webFolder = '' }: ApiOptions): Promise<void> {
  const isBuilt = existsSync(join(webFolder, 'index.html'));
  if (isBuilt)
    await app.register(fastifyStatic, { root: webFolder, serve: false, preCompressed: true, cacheControl: false });
  const open = { config: { open: true }, schema: { hide: true } };

  app.get<{ Params: { file: string } }>('/assets/:file', open, (request, reply) => {
    if (!isBuilt || !/^[\w.-]+$/.test(request.params.file)) throw notFound();
    return reply.header('cache-control', IMMUTABLE).sendFile(`assets/${request.params.file}`);
  });

  app.get('/favicon.svg', open, (_request, reply) => {
    if (!isBuilt) throw notFound();
    return reply.header('cache-control', 'no-cache').sendFile('favicon.svg');
  });

  app.get('/*', open, (request, reply) => {
    if (request.url.startsWith('/api/')) throw notFound();
    reply.header('content-security-policy', PAGE_POLICY);
    if (!isBuilt) return reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT);
    return reply.header('cache-control', 'no-cache').sendFile('index.html');
  });
}

function notFound(): CodedError {
  return new CodedError('NOT_FOUND', 'There is no such route');
}
