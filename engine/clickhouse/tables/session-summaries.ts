import { z } from 'zod';
import { hash } from '../../core/finding.ts';
import {
  RISK_KINDS,
  type RiskClaim,
  SESSION_OUTCOMES,
  type StoredSummary,
  WORK_CLASSES,
} from '../../core/session-summary.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import type { Store } from '../store.ts';

/** What rules over summaries read of one, redacted as all it was made from. Times are DateTime64(6) text, UTC. */
export interface SessionSummaryRow {
  readonly session_id: string;
  readonly made_at: string;
  readonly title: string;
  readonly work_class: string;
  readonly summary: string;
  readonly risks: readonly string[];
}

const COLUMNS: Columns<SessionSummaryRow> = {
  session_id: (row) => row.session_id,
  made_at: (row) => row.made_at,
  title: (row) => row.title,
  work_class: (row) => row.work_class,
  summary: (row) => row.summary,
  risks: (row) => row.risks,
};

const WHOLE_COLUMNS: Columns<StoredSummary> = {
  session_id: (row) => row.session_id,
  made_at: (row) => row.made_at,
  title: (row) => row.title,
  work_class: (row) => row.work_class,
  summary: (row) => row.summary,
  risks: (row) => [...new Set(row.risks.map(({ kind }) => kind))],
  risk_claims: (row) => JSON.stringify(row.risks),
  session_version: (row) => row.session_version,
  revision: (row) => row.revision,
  asked: (row) => row.asked,
  outcome: (row) => row.outcome,
  files: (row) => row.files,
  systems: (row) => row.systems,
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

/** Stores summaries as rules see them; a later one of a session takes an earlier one's place. */
export async function insertSessionSummaries(
  store: Store,
  database: string,
  rows: readonly SessionSummaryRow[],
): Promise<void> {
  const token = hash('summaries', ...rows.flatMap((row) => [row.session_id, row.made_at]));
  await insertRows(store, `${database}.session_summaries`, COLUMNS, rows, token);
}

/** Stores a summary; a later one of the session takes an earlier one's place. */
export async function insertSessionSummary(store: Store, database: string, summary: StoredSummary): Promise<void> {
  const token = hash('summary', summary.session_id, summary.session_version, summary.made_at);
  await insertRows(store, `${database}.session_summaries`, WHOLE_COLUMNS, [summary], token);
}

const claimSchema = z.object({
  kind: z.enum(RISK_KINDS).catch('other'),
  claim: z.string(),
  evidence: z.array(z.object({ trace_id: z.string(), span_id: z.string() })),
});

const summarySchema = z
  .object({
    session_id: z.string(),
    made_at: z.string(),
    session_version: z.string(),
    revision: z.number(),
    title: z.string(),
    asked: z.string(),
    summary: z.string(),
    outcome: z.enum(SESSION_OUTCOMES).catch('unclear'),
    work_class: z.enum(WORK_CLASSES).catch('other'),
    files: z.array(z.string()),
    systems: z.array(z.string()),
    risk_claims: z.string(),
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
  })
  .transform(({ risk_claims, ...summary }): StoredSummary => ({ ...summary, risks: claimsOf(risk_claims) }));

/** A session's summary; undefined while there is none. */
export async function findSessionSummary(
  store: Store,
  database: string,
  sessionId: string,
): Promise<StoredSummary | undefined> {
  const [row] = await store.query(
    'SELECT * FROM session_summaries FINAL WHERE session_id = {session: String}',
    { session: sessionId },
    { database },
  );
  return row === undefined ? undefined : summarySchema.parse(row);
}

function claimsOf(json: string): RiskClaim[] {
  return json === '' ? [] : z.array(claimSchema).parse(JSON.parse(json));
}
