import type { FastifyRequest } from 'fastify';
import { insertAuditEntry } from '../../engine/clickhouse/tables/audit-log.ts';
import { principalOf } from './guard-access.ts';
import type { ApiServices } from './services.ts';

/** Name and id of the user or token that acts, as logs show it. */
export function actorOf(request: FastifyRequest): string {
  const { name, id } = principalOf(request);
  return `${name} (${id.slice(0, 8)})`;
}

/**
 * Records what was done, or read by a privilege. Changes are recorded after they are done: what failed did not happen; reading is
 * recorded before the answer goes out.
 */
export async function audit(
  { store, clock }: Pick<ApiServices, 'store' | 'clock'>,
  request: FastifyRequest,
  action: string,
  subject: string,
  detail = '',
): Promise<void> {
  const { org } = principalOf(request);
  const entry = { org, actor: actorOf(request), action, subject, detail, address: request.ip };
  await insertAuditEntry(store, entry, clock());
}
