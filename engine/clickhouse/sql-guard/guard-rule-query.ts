import { parseRows } from '../read-result.ts';
import type { Store } from '../store.ts';
import { canonicalQuery } from './canonical-query.ts';
import { type AnalystQuery, guardQuery } from './guard-query.ts';
import { guardSettings, type QueryLimits } from './query-limits.ts';

/**
 * Holds the query of a rule that somebody wrote in the browser to what an analyst may ask, and gives it as the engine writes it:
 * parameters left in place, no comments or heredocs, so that what reads its tokens later reads what was checked. Throws as
 * guardQuery does.
 */
export async function guardRuleQuery(store: Store, asked: AnalystQuery, limits: QueryLimits): Promise<string> {
  await guardQuery(store, asked, limits);
  const settings = guardSettings(limits, { default_format: 'JSONEachRow' });
  return canonicalQuery(
    async (sql) => parseRows((await store.raw(sql, 'JSONEachRow', {}, { database: asked.database, settings })).body),
    asked.query,
  );
}
