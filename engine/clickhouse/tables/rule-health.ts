import { z } from 'zod';
import { rfc3339, timestampText } from '../../core/timestamp.ts';
import { CONTROL_DATABASE } from '../migrate.ts';
import type { Store } from '../store.ts';

const count = z.coerce.number();

/** A rule's evaluations in figures. Times are RFC 3339 UTC, durations ms. */
export const ruleHealthSchema = z.object({
  rule_id: z.string(),
  runs: count,
  failures: count,
  findings: count,
  p95_ms: z.number(),
  rows_read: count,
  last_run: z.string(),
  /** What the newest failure said; '' when there was none. */
  last_error: z.string(),
});
type RuleHealth = z.output<typeof ruleHealthSchema>;

/** Of every rule that ran since then (milliseconds since 1970), by id. */
export async function listRuleHealth(store: Store, org: string, since: number): Promise<RuleHealth[]> {
  const rows = await store.query(
    `SELECT rule_id, count() AS runs, countIf(error != '') AS failures, sum(r.findings) AS findings,
       quantile(0.95)(duration_ms) AS p95_ms, sum(r.rows_read) AS rows_read, max(started_at) AS last_run,
       argMaxIf(error, started_at, error != '') AS last_error
     FROM ${CONTROL_DATABASE}.rule_runs AS r
     WHERE org = {org: String} AND started_at >= {since: DateTime64(3, 'UTC')}
     GROUP BY rule_id ORDER BY rule_id LIMIT 1000`,
    { org, since: timestampText(since * 1_000) },
  );
  return rows.map((row) => {
    const health = ruleHealthSchema.parse(row);
    return { ...health, last_run: rfc3339(health.last_run) };
  });
}
