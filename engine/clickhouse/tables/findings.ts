import { z } from 'zod';
import { evidenceSchema, type Finding, hash } from '../../core/finding.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import type { Store } from '../store.ts';

type FindingRow = Finding & { found_at: string };

export const FINDING_COLUMNS: Columns<FindingRow> = {
  id: (row) => row.id,
  rule_id: (row) => row.rule_id,
  rule_version: (row) => row.rule_version,
  entity_kind: (row) => row.entity.kind,
  entity_value: (row) => row.entity.value,
  session_id: (row) => row.session_id,
  dedup_key: (row) => row.dedup_key,
  title: (row) => row.title,
  severity: (row) => row.severity,
  risk_score: (row) => row.risk_score,
  starts_at: (row) => row.starts_at,
  ends_at: (row) => row.ends_at,
  evidence: (row) => row.evidence,
  values: (row) => row.values,
  match: (row) => row.match,
  filled_in: (row) => row.filled_in,
  found_at: (row) => row.found_at,
};

/** Stores findings. One that is stored already stays as it was first found. `foundAt` is DateTime64(6) text, UTC. */
export async function insertFindings(
  store: Store,
  database: string,
  findings: readonly Finding[],
  foundAt: string,
): Promise<void> {
  const rows = findings.map((finding) => ({ ...finding, found_at: foundAt }));
  const token = hash('findings', foundAt, ...findings.flatMap((finding) => [finding.id, finding.match]));
  await insertRows(store, `${database}.findings`, FINDING_COLUMNS, rows, token);
}

const findingSchema = z
  .object({
    id: z.string(),
    rule_id: z.string(),
    rule_version: z.number(),
    entity_kind: z.string(),
    entity_value: z.string(),
    session_id: z.string(),
    dedup_key: z.string(),
    title: z.string(),
    severity: z.string(),
    risk_score: z.number(),
    starts_at: z.string(),
    ends_at: z.string(),
    evidence: z.array(evidenceSchema),
    values: z.record(z.string(), z.string()),
    match: z.string(),
    filled_in: z.boolean(),
    found_at: z.string(),
  })
  .transform(({ entity_kind, entity_value, ...row }) => ({
    ...row,
    entity: { kind: entity_kind, value: entity_value },
  }));

export interface FindingQuery {
  readonly ruleId?: string;
  /** Half-open [from, to) on when it was first found, DateTime64 text, UTC. */
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
}

/** Findings, the latest first. */
export async function listFindings(store: Store, database: string, query: FindingQuery): Promise<FindingRow[]> {
  const rows = await store.query(
    `SELECT * FROM findings FINAL
     WHERE ({rule: String} = '' OR rule_id = {rule: String})
       AND found_at >= {from: DateTime64(6, 'UTC')}
       AND found_at < {to: DateTime64(6, 'UTC')}
     ORDER BY found_at DESC, id, match
     LIMIT {limit: UInt32}`,
    {
      rule: query.ruleId ?? '',
      from: query.from ?? '1970-01-01 00:00:00',
      to: query.to ?? '2200-01-01 00:00:00',
      limit: query.limit,
    },
    { database },
  );
  return z.array(findingSchema).parse(rows);
}
