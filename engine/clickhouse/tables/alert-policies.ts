import { z } from 'zod';
import type { StoredPolicy } from '../../core/alert-policy.ts';
import { hash } from '../../core/finding.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import type { Store } from '../store.ts';

type PolicyRow = StoredPolicy & { deleted: boolean; updated_at: string };

const COLUMNS: Columns<PolicyRow> = {
  id: (row) => row.id,
  kind: (row) => row.kind,
  body: (row) => JSON.stringify(row.body),
  created_at: (row) => row.created_at,
  created_by: (row) => row.created_by,
  deleted: (row) => row.deleted,
  updated_at: (row) => row.updated_at,
};

/** Writes a policy as it is from `at` (DateTime64(6) text, UTC) on. */
export async function savePolicy(
  store: Store,
  database: string,
  policy: StoredPolicy,
  at: string,
  deleted: boolean,
): Promise<void> {
  const row = { ...policy, deleted, updated_at: at };
  const token = hash('alert_policies', row.id, at, String(deleted), JSON.stringify(row.body));
  await insertRows(store, `${database}.alert_policies`, COLUMNS, [row], token);
}

const policySchema = z.object({
  id: z.string(),
  kind: z.string(),
  body: z.string().transform((json): unknown => JSON.parse(json)),
  created_at: z.string(),
  created_by: z.string(),
});

/** Every policy in force, the oldest first. */
export async function listPolicies(store: Store, database: string): Promise<StoredPolicy[]> {
  const rows = await store.query(
    `SELECT id, kind, body, created_at, created_by
     FROM alert_policies FINAL
     WHERE NOT deleted
     ORDER BY created_at, id`,
    {},
    { database },
  );
  return z.array(policySchema).parse(rows);
}
