import { LOCAL } from './cluster-statement.ts';
import type { Store } from './store.ts';

/** For how many days an org's data may be kept. */
export const RETENTION_DAYS = { least: 30, most: 400 } as const;

/** Planning looks for events without a delivery up to 30 days back: a delivery must outlive its event's place in that view. */
const DELIVERIES_AT_LEAST = 31;
/** What was spent on language models in the month so far is counted from the calls themselves. */
const CALLS_AT_LEAST = 31;

interface Aging {
  readonly table: string;
  /** When a row's age begins. */
  readonly since: string;
  readonly atLeast: number;
}

/** Tables whose rows leave by age alone. Closed alerts are purged as wholes; see purge-closed-alerts.ts. */
const AGING: readonly Aging[] = [
  { table: 'otel_traces', since: 'IngestedAt', atLeast: 0 },
  { table: 'otel_logs', since: 'IngestedAt', atLeast: 0 },
  { table: 'otel_metrics', since: 'IngestedAt', atLeast: 0 },
  { table: 'findings', since: 'found_at', atLeast: 0 },
  { table: 'suppressed_findings', since: 'found_at', atLeast: 0 },
  { table: 'risk_contributions', since: 'at', atLeast: 0 },
  { table: 'session_summaries', since: 'made_at', atLeast: 0 },
  { table: 'alert_triage', since: 'made_at', atLeast: 0 },
  { table: 'llm_calls', since: 'at', atLeast: CALLS_AT_LEAST },
  { table: 'deliveries', since: 'planned_at', atLeast: DELIVERIES_AT_LEAST },
  { table: 'delivery_attempts', since: 'at', atLeast: DELIVERIES_AT_LEAST },
];

/**
 * Brings the TTL of an org's tables to `days`, in what is stored already too: the engine recomputes that in the background.
 * A table that has the TTL is left alone, so repeating it costs one look. Answers the tables that were altered.
 */
export async function applyRetention(store: Store, database: string, days: number): Promise<string[]> {
  const tables = await store.query<{ name: string; engine_full: string }>(
    'SELECT name, engine_full FROM system.tables WHERE database = {database: String}',
    { database },
  );
  const engines = new Map(tables.map(({ name, engine_full }) => [name, engine_full]));
  const altered: string[] = [];
  for (const { table, since, atLeast } of AGING) {
    const ttl = `toDateTime(${since}) + toIntervalDay(${Math.max(days, atLeast)})`;
    // On a cluster the rows, and with them the TTL, are in the local table.
    const engine = engines.get(`${table}${LOCAL}`) ?? engines.get(table);
    if (engine === undefined || `${engine} `.includes(`TTL ${ttl} `)) continue;
    await store.command(`ALTER TABLE ${table} MODIFY TTL ${ttl}`, {}, { database });
    altered.push(table);
  }
  return altered;
}
