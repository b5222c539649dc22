import { z } from 'zod';
import { type Exception, matcherSchema } from '../../core/exception.ts';
import { rfc3339, timestampText } from '../../core/timestamp.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import type { Store } from '../store.ts';

type Stored = Exception & { readonly deleted: boolean; readonly now: number };

const COLUMNS: Columns<Stored> = {
  id: (row) => row.id,
  rule_id: (row) => row.rule_id,
  matchers: (row) => JSON.stringify(row.matchers),
  owner: (row) => row.owner,
  reason: (row) => row.reason,
  created_at: (row) => storedTime(row.created_at),
  created_by: (row) => row.created_by,
  expires_at: (row) => storedTime(row.expires_at),
  deleted: (row) => row.deleted,
  updated_at: (row) => timestampText(row.now * 1_000),
};

function storedTime(rfc: string): string {
  return timestampText(Date.parse(rfc) * 1_000);
}

/** Records an exception, or its end. `now` is in milliseconds since 1970. */
export async function saveException(
  store: Store,
  database: string,
  exception: Exception,
  { deleted, now }: { deleted: boolean; now: number },
): Promise<void> {
  const row = { ...exception, deleted, now };
  await insertRows(store, `${database}.exceptions`, COLUMNS, [row], crypto.randomUUID());
}

const exceptionSchema = z.object({
  id: z.string(),
  rule_id: z.string(),
  matchers: z.string().transform((json) => z.array(matcherSchema).parse(JSON.parse(json))),
  owner: z.string(),
  reason: z.string(),
  created_at: z.string().transform(rfc3339),
  created_by: z.string(),
  expires_at: z.string().transform(rfc3339),
});

/** Exceptions that nobody took back, expired ones included, the oldest first. */
export async function listExceptions(store: Store, database: string): Promise<Exception[]> {
  const rows = await store.query(
    `SELECT id, rule_id, matchers, owner, reason, created_at, created_by, expires_at
     FROM exceptions FINAL WHERE NOT deleted ORDER BY created_at, id`,
    {},
    { database },
  );
  return z.array(exceptionSchema).parse(rows);
}
