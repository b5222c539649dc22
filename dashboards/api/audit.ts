import type { FastifyRequest } from 'fastify';
import { insertAuditEntry } from '../../engine/clickhouse/tables/audit-log.ts';
import { principalOf } from './guard-access.ts';
import type { ApiServices } from './services.ts';

/** Name and id of the token that acts, as logs show it. */
export function actorOf(request: FastifyRequest): string {
  const { name, tokenId } = principalOf(request);
  return `${name} (${tokenId.slice(0, 8)})`;
}

/** Records what an administrator did. Called after it is done: what failed did not happen. */
export async function audit(
  { store, clock }: Pick<ApiServices, 'store' | 'clock'>,
  request: FastifyRequest,
  action: string,
  subject: string,
  detail = '',
): Promise<void> {
  const { org } = principalOf(request);
  await insertAuditEntry(store, { org, actor: actorOf(request), action, subject, detail }, clock());
}
