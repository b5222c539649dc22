import type { SourceFinding, SummarySource, TranscriptSpan } from '../../core/summary-source.ts';
import type { Store } from '../store.ts';
import { spansOfSessions } from './session-states.ts';

/** Spans of a session that are read: its first and its last, a bound of memory. */
const MOST_SPANS = 4_000;
const MOST_FINDINGS = 100;

/** Names of the columns, so that a query and its rows are spelled once. */
export const TRANSCRIPT_COLUMNS: readonly (keyof TranscriptSpan)[] = [
  'TraceId',
  'SpanId',
  'ParentSpanId',
  'Timestamp',
  'SpanName',
  'ServiceName',
  'Kind',
  'AgentName',
  'AgentId',
  'CallerAgentId',
  'Model',
  'ToolName',
  'ToolCategory',
  'ToolDirection',
  'McpServer',
  'Decision',
  'GuardrailVerdict',
  'StatusCode',
  'StatusMessage',
  'InputSource',
  'WriteProvenance',
  'PromptPreview',
  'CompletionPreview',
  'ToolArgumentsPreview',
  'ToolResultPreview',
];

/** What a session's summary is made from; undefined when it has no spans. */
export async function readSummarySource(
  store: Store,
  database: string,
  id: string,
): Promise<SummarySource | undefined> {
  const rows = await store.query<TranscriptSpan & { total: string }>(
    `SELECT ${TRANSCRIPT_COLUMNS.join(', ')}, total FROM
     (
         SELECT ${TRANSCRIPT_COLUMNS.join(', ')}, SpanSequence, count() OVER () AS total,
             row_number() OVER (ORDER BY Timestamp, SpanSequence, SpanId) AS place
         FROM otel_traces FINAL
         WHERE ${spansOfSessions()}
     )
     WHERE place <= {half: UInt32} OR place > total - {half: UInt32}
     ORDER BY place`,
    { ids: [id], half: MOST_SPANS / 2 },
    { database },
  );
  if (rows.length === 0) return undefined;
  const findings = await store.query<SourceFinding>(
    `SELECT rule_id, title, severity, evidence FROM findings FINAL
     WHERE session_id = {id: String} ORDER BY risk_score DESC, found_at, id, match LIMIT 1 BY id LIMIT ${MOST_FINDINGS}`,
    { id },
    { database },
  );
  const spans = rows.map(({ total: _, ...span }) => span);
  return { id, spans, omitted: Number(rows[0]!.total) - spans.length, findings };
}
