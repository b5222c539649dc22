import { type Columns, insertRows } from '../insert-rows.ts';
import type { Store } from '../store.ts';

/** A request to a provider of language models as it is kept; see migration 0013. */
export interface LlmCallRow {
  readonly id: string;
  readonly settled: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly purpose: string;
  readonly subject: string;
  readonly provider: string;
  readonly model: string;
  readonly promptHash: string;
  readonly outcome: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly counted: boolean;
  readonly nanoUsd: number;
  readonly latencyMs: number;
}

const COLUMNS: Columns<LlmCallRow> = {
  id: (row) => row.id,
  settled: (row) => Number(row.settled),
  at: (row) => new Date(row.at).toISOString().replace('T', ' ').replace('Z', ''),
  purpose: (row) => row.purpose,
  subject: (row) => row.subject,
  provider: (row) => row.provider,
  model: (row) => row.model,
  prompt_hash: (row) => row.promptHash,
  outcome: (row) => row.outcome,
  input_tokens: (row) => row.inputTokens,
  output_tokens: (row) => row.outputTokens,
  counted: (row) => row.counted,
  nano_usd: (row) => row.nanoUsd,
  latency_ms: (row) => row.latencyMs,
};

interface Spent {
  readonly tokens: number;
  readonly nanoUsd: number;
}

const SPENT = 'sum(input_tokens + output_tokens) AS tokens, sum(nano_usd) AS nano_usd';

export async function insertLlmCall(store: Store, database: string, call: LlmCallRow): Promise<void> {
  await insertRows(store, `${database}.llm_calls`, COLUMNS, [call], `llm ${call.id} ${call.settled}`);
}

/** By UTC day from `since` (`2026-11-01`) on. */
export async function llmSpentByDay(
  store: Store,
  database: string,
  since: string,
): Promise<{ readonly day: string; readonly spent: Spent }[]> {
  const rows = await store.query<{ day: string; tokens: string; nano_usd: string }>(
    `SELECT toString(toDate(at)) AS day, ${SPENT} FROM llm_calls FINAL
     WHERE toDate(at) >= {since: Date} GROUP BY day ORDER BY day`,
    { since },
    { database },
  );
  return rows.map(({ day, ...row }) => ({ day, spent: spentOf(row) }));
}

/** On one session or alert, ever. */
export async function llmSpentOn(store: Store, database: string, subject: string): Promise<Spent> {
  const [row] = await store.query<{ tokens: string; nano_usd: string }>(
    `SELECT ${SPENT} FROM llm_calls FINAL WHERE subject = {subject: String}`,
    { subject },
    { database },
  );
  return spentOf(row!);
}

function spentOf({ tokens, nano_usd }: { tokens: string; nano_usd: string }): Spent {
  return { tokens: Number(tokens), nanoUsd: Number(nano_usd) };
}
