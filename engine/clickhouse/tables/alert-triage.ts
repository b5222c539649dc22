import { z } from 'zod';
import { hash } from '../../core/finding.ts';
import { timestampText } from '../../core/timestamp.ts';
import { type StoredTriage, VERDICTS, type Verdict } from '../../core/triage.ts';
import type { TriageState } from '../../core/triage-source.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import type { Store } from '../store.ts';
import { readAlerts } from './alerts.ts';

const COLUMNS: Columns<StoredTriage> = {
  alert_id: (row) => row.alert_id,
  made_at: (row) => row.made_at,
  alert_version: (row) => row.alert_version,
  revision: (row) => row.revision,
  verdict: (row) => row.verdict,
  rank: (row) => row.rank,
  reasoning: (row) => row.reasoning,
  questions: (row) => row.questions,
  evidence: (row) => row.evidence,
  confidence: (row) => row.confidence,
  provider: (row) => row.provider,
  model: (row) => row.model,
  prompt_hash: (row) => row.prompt_hash,
  input_tokens: (row) => row.input_tokens,
  output_tokens: (row) => row.output_tokens,
  cost_usd: (row) => row.cost_usd,
  latency_ms: (row) => row.latency_ms,
  calls: (row) => row.calls,
  fallback: (row) => row.fallback,
};

/** Stores a triage; a later one of the alert takes an earlier one's place. */
export async function insertAlertTriage(store: Store, database: string, triage: StoredTriage): Promise<void> {
  const token = hash('triage', triage.alert_id, triage.alert_version, triage.made_at);
  await insertRows(store, `${database}.alert_triage`, COLUMNS, [triage], token);
}

const triageSchema = z.object({
  alert_id: z.string(),
  made_at: z.string(),
  alert_version: z.string(),
  revision: z.number(),
  verdict: z.enum(VERDICTS),
  rank: z.number(),
  reasoning: z.string(),
  questions: z.array(z.string()),
  evidence: z.array(z.object({ trace_id: z.string(), span_id: z.string() })),
  confidence: z.number(),
  provider: z.string(),
  model: z.string(),
  prompt_hash: z.string(),
  input_tokens: z.coerce.number(),
  output_tokens: z.coerce.number(),
  cost_usd: z.number(),
  latency_ms: z.number(),
  calls: z.number(),
  fallback: z.enum(['', 'budget', 'session_budget', 'refused', 'unreadable']).catch(''),
});

/** An alert's triage; undefined while there is none. */
export async function findAlertTriage(
  store: Store,
  database: string,
  alertId: string,
): Promise<z.output<typeof triageSchema> | undefined> {
  const [row] = await store.query(
    'SELECT * FROM alert_triage FINAL WHERE alert_id = {alertId: String}',
    { alertId },
    { database },
  );
  return row === undefined ? undefined : triageSchema.parse(row);
}

/** The verdicts there are on some alerts. */
export async function readVerdicts(
  store: Store,
  database: string,
  alertIds: readonly string[],
): Promise<Map<string, Verdict>> {
  if (alertIds.length === 0) return new Map();
  const rows = await store.query<{ alert_id: string; verdict: Verdict }>(
    'SELECT alert_id, verdict FROM alert_triage FINAL WHERE alert_id IN {alertIds: Array(String)}',
    { alertIds },
    { database },
  );
  return new Map(rows.map(({ alert_id, verdict }) => [alert_id, verdict]));
}

/** The latest so many; those beyond wait until something of them changes. */
const MOST_CANDIDATES = 2_000;

/** Alerts that opened, matched or whose session got a summary since then, microseconds since 1970; the latest first. */
export async function alertsToTriage(store: Store, database: string, since: number): Promise<string[]> {
  const rows = await store.query<{ alert_id: string }>(
    `SELECT alert_id FROM alert_events
     WHERE (type IN ('opened', 'matched', 'reopened') AND at >= {since: DateTime64(6, 'UTC')})
       OR (type = 'opened' AND session_id != '' AND session_id IN (
         SELECT session_id FROM session_summaries WHERE made_at >= {since: DateTime64(6, 'UTC')}))
     GROUP BY alert_id ORDER BY max(at) DESC LIMIT ${MOST_CANDIDATES}`,
    { since: timestampText(since) },
    { database },
  );
  return rows.map(({ alert_id }) => alert_id);
}

/** Where those of the alerts stand that are not closed. */
export async function readTriageStates(store: Store, database: string, ids: readonly string[]): Promise<TriageState[]> {
  const alerts = (await readAlerts(store, database, ids)).filter(({ status }) => status !== 'closed');
  if (alerts.length === 0) return [];
  const [known, summaries] = await Promise.all([
    store.query<{ alert_id: string; alert_version: string; revision: number; made_at: string }>(
      `SELECT alert_id, alert_version, revision, toUnixTimestamp64Micro(made_at) AS made_at
       FROM alert_triage FINAL WHERE alert_id IN {ids: Array(String)}`,
      { ids },
      { database },
    ),
    store.query<{ session_id: string; session_version: string }>(
      'SELECT session_id, session_version FROM session_summaries FINAL WHERE session_id IN {sessions: Array(String)}',
      { sessions: [...new Set(alerts.map(({ session_id }) => session_id).filter(Boolean))] },
      { database },
    ),
  ]);
  const triageOf = new Map(known.map((row) => [row.alert_id, row]));
  const summaryOf = new Map(summaries.map((row) => [row.session_id, row.session_version]));
  return alerts.map((alert) => {
    const before = triageOf.get(alert.id);
    const facts = [alert.id, alert.count, alert.evidence_total, summaryOf.get(alert.session_id) ?? ''];
    return {
      alert,
      version: hash('triage of', ...facts.map(String)),
      triage: before && {
        version: before.alert_version,
        revision: before.revision,
        madeAt: Number(before.made_at),
      },
    };
  });
}
