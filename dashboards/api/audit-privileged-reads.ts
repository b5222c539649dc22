import type { FastifyInstance } from 'fastify';
import type { Permission } from '../auth/permissions.ts';
import { audit } from './audit.ts';
import type { ApiServices } from './services.ts';

/** What these let somebody read is about other people: reading it is on record as changing it is. */
const PRIVILEGED: ReadonlySet<Permission> = new Set(['audit:read', 'users:manage', 'tokens:manage']);

/** Before the answer goes out: what cannot be recorded is not shown. */
export function auditPrivilegedReads(app: FastifyInstance, services: Pick<ApiServices, 'store' | 'clock'>): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const { permission } = request.routeOptions.config;
    const isRead = request.method === 'GET' && permission !== undefined && PRIVILEGED.has(permission);
    if (isRead && reply.statusCode < 300) await audit(services, request, 'read', request.routeOptions.url ?? '');
    return payload;
  });
}
