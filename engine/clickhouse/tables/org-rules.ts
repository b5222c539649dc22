import { z } from 'zod';
import { rfc3339, timestampText } from '../../core/timestamp.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import type { Store } from '../store.ts';

/** One change that an org made of a rule: its own text for it, or whether it runs. Rows are added, never changed. */
export interface OrgRuleRevision {
  rule_id: string;
  /** From 1; the highest of a rule is in force. */
  revision: number;
  action: 'edit' | 'enable' | 'disable' | 'restore';
  /** '' when the org has no text of its own for this rule. */
  format: '' | 'sql' | 'yaml';
  text: string;
  tests: string;
  /** null: as the text says. */
  enabled: boolean | null;
  note: string;
  /** RFC 3339. */
  edited_at: string;
  edited_by: string;
}

const COLUMNS: Columns<OrgRuleRevision> = {
  rule_id: (row) => row.rule_id,
  revision: (row) => row.revision,
  action: (row) => row.action,
  format: (row) => row.format,
  text: (row) => row.text,
  tests: (row) => row.tests,
  enabled: (row) => row.enabled,
  note: (row) => row.note,
  edited_at: (row) => timestampText(Date.parse(row.edited_at) * 1_000),
  edited_by: (row) => row.edited_by,
};

const rowSchema = z.object({
  rule_id: z.string(),
  revision: z.coerce.number(),
  action: z.enum(['edit', 'enable', 'disable', 'restore']),
  format: z.enum(['', 'sql', 'yaml']),
  text: z.string(),
  tests: z.string(),
  enabled: z.boolean().nullable(),
  note: z.string(),
  edited_at: z.string().transform(rfc3339),
  edited_by: z.string(),
});

const NAMES = Object.keys(COLUMNS).join(', ');
/** Revisions of one rule that are shown. */
const MOST_REVISIONS = 200;

export async function insertOrgRule(store: Store, database: string, revision: OrgRuleRevision): Promise<void> {
  const token = `org rule ${revision.rule_id} ${revision.revision} ${revision.edited_at}`;
  await insertRows(store, `${database}.org_rules`, COLUMNS, [revision], token);
}

/** What is in force of every rule that the org ever changed. */
export async function readOrgRules(store: Store, database: string): Promise<OrgRuleRevision[]> {
  const rows = await store.query(
    `SELECT ${NAMES} FROM org_rules ORDER BY rule_id, revision DESC, edited_at DESC LIMIT 1 BY rule_id`,
    {},
    { database },
  );
  return z.array(rowSchema).parse(rows);
}

/** The changes of one rule, the latest first. */
export async function listOrgRuleRevisions(store: Store, database: string, ruleId: string): Promise<OrgRuleRevision[]> {
  const rows = await store.query(
    `SELECT ${NAMES} FROM org_rules WHERE rule_id = {ruleId: String}
     ORDER BY revision DESC, edited_at DESC LIMIT {most: UInt32}`,
    { ruleId, most: MOST_REVISIONS },
    { database },
  );
  return z.array(rowSchema).parse(rows);
}
