import { rfc3339 } from '../core/timestamp.ts';
import { CONTROL_DATABASE } from './migrate.ts';
import type { Store } from './store.ts';
import { OTEL_TRACES_COLUMNS } from './tables/otel-traces.ts';

/** How a rule ran in the last day. Times are RFC 3339 UTC. */
export interface RuleRunFigures {
  readonly last_run_at: string;
  readonly runs: number;
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly rows_read: number;
  readonly findings: number;
  readonly errors: number;
  readonly truncated_runs: number;
  readonly filled_in_runs: number;
}

export interface RuleGapFigures {
  readonly open: number;
  readonly filled: number;
  readonly skipped: number;
}

/** What people said when they closed a rule's alerts. */
export interface CloseFigures {
  readonly true_positive: number;
  readonly false_positive: number;
  readonly benign: number;
  readonly duplicate: number;
}

/** How the rules of an org ran in the last day, by rule. Uneventful runs count with the mean of their minute. */
export async function readRunFigures(store: Store, org: string): Promise<Map<string, RuleRunFigures>> {
  const rows = await store.query<Record<keyof RuleRunFigures | 'rule_id', string>>(
    `SELECT rule_id, max(started_at) AS last_run_at, sum(r.runs) AS runs,
         quantileExactWeighted(0.5)(duration_ms, r.runs) AS p50_ms, quantileExactWeighted(0.95)(duration_ms, r.runs) AS p95_ms,
         sum(r.rows_read) AS rows_read, sum(r.findings) AS findings, countIf(error != '') AS errors,
         countIf(truncated) AS truncated_runs, countIf(filled_in) AS filled_in_runs
     FROM rule_runs AS r
     WHERE org = {org: String} AND started_at >= now() - INTERVAL 1 DAY
     GROUP BY rule_id`,
    { org },
    { database: CONTROL_DATABASE },
  );
  return new Map(
    rows.map(({ rule_id, last_run_at, ...figures }) => [
      rule_id,
      { last_run_at: rfc3339(last_run_at), ...(numbers(figures) as Omit<RuleRunFigures, 'last_run_at'>) },
    ]),
  );
}

/** Gaps noted in the last 90 days, by rule and by what became of them. */
export async function readGapFigures(store: Store, org: string): Promise<Map<string, RuleGapFigures>> {
  const rows = await store.query<Record<keyof RuleGapFigures | 'rule_id', string>>(
    `SELECT rule_id, countIf(state = 'open') AS open, countIf(state = 'filled') AS filled, countIf(state = 'skipped') AS skipped
     FROM rule_gaps FINAL WHERE org = {org: String} GROUP BY rule_id`,
    { org },
    { database: CONTROL_DATABASE },
  );
  return new Map(rows.map(({ rule_id, ...figures }) => [rule_id, numbers(figures) as unknown as RuleGapFigures]));
}

/** Close reasons of the rules' closed alerts. */
export async function readCloseFigures(store: Store, database: string): Promise<Map<string, CloseFigures>> {
  const rows = await store.query<Record<keyof CloseFigures | 'rule_id', string>>(
    `SELECT rule_id, countIf(close_reason = 'true_positive') AS true_positive,
         countIf(close_reason = 'false_positive') AS false_positive, countIf(close_reason = 'benign') AS benign,
         countIf(close_reason = 'duplicate') AS duplicate
     FROM alerts WHERE status = 'closed' GROUP BY rule_id`,
    {},
    { database },
  );
  return new Map(rows.map(({ rule_id, ...figures }) => [rule_id, numbers(figures) as unknown as CloseFigures]));
}

/** Spans that fill rates are taken from: the latest of the last day. */
const SAMPLED_SPANS = 200_000;

/** The share of the last day's spans that have something in each of these columns of otel_traces; none where no span came. */
export async function readFillRates(
  store: Store,
  database: string,
  fields: readonly string[],
): Promise<Map<string, number>> {
  const known = [...new Set(fields)].filter((field) => OTEL_TRACES_COLUMNS.includes(field));
  if (known.length === 0) return new Map();
  // Names come from the table's own list of columns.
  const rates = known.map((field) => `avg(toString(\`${field}\`) NOT IN ('', '0', '[]', '{}', 'false'))`);
  const [row] = await store.query<{ spans: string; rates: number[] }>(
    `SELECT count() AS spans, [${rates.join(', ')}] AS rates
     FROM (
         SELECT ${known.map((field) => `\`${field}\``).join(', ')} FROM otel_traces
         WHERE IngestedAt >= now64(6) - INTERVAL 1 DAY
         ORDER BY IngestedAt DESC
         LIMIT ${SAMPLED_SPANS}
     )`,
    {},
    { database },
  );
  if (row === undefined || Number(row.spans) === 0) return new Map();
  return new Map(known.map((field, n) => [field, row.rates[n]!]));
}

function numbers(figures: Record<string, string>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Number(value)]));
}
