import { z } from 'zod';
import type { Store } from '../../../engine/clickhouse/store.ts';
import { timestampText } from '../../../engine/core/timestamp.ts';

const counts = z.array(z.object({ key: z.string(), count: z.coerce.number() }));

/** How many alerts there are of each status, and of those that are not closed of each severity and rule. */
export const alertCountsSchema = z.object({ status: counts, severity: counts, rule_id: counts });

/** `since`: opened then or later, milliseconds since 1970. */
export async function countAlerts(
  store: Store,
  database: string,
  since: number,
): Promise<z.output<typeof alertCountsSchema>> {
  const by = (column: 'status' | 'severity' | 'rule_id') =>
    store.query(
      `SELECT ${column} AS key, count() AS count FROM alerts
       WHERE opened_at >= {since: DateTime64(6, 'UTC')} ${column === 'status' ? '' : "AND status != 'closed'"}
       GROUP BY key ORDER BY count DESC, key LIMIT 200`,
      { since: timestampText(since * 1_000) },
      { database },
    );
  const [status, severity, rule_id] = await Promise.all([by('status'), by('severity'), by('rule_id')]);
  return alertCountsSchema.parse({ status, severity, rule_id });
}
