import type { Alert, CloseReason } from '../../core/alert.ts';
import type { TranscriptSpan } from '../../core/summary-source.ts';
import type { Closes, TriageSource } from '../../core/triage-source.ts';
import type { Store } from '../store.ts';
import { findSessionSummary } from './session-summaries.ts';
import { TRANSCRIPT_COLUMNS } from './summary-sources.ts';

/** Spans of an alert's evidence that are read. */
const MOST_SPANS = 60;
/** Earlier alerts of a rule that are looked at, the latest. */
const MOST_EARLIER = 500;

/** What a triage of an alert is made from. */
export async function readTriageSource(store: Store, database: string, alert: Alert): Promise<TriageSource> {
  const evidence = alert.evidence.slice(0, MOST_SPANS);
  const [spans, summary, closes, beside] = await Promise.all([
    store.query<TranscriptSpan>(
      `SELECT ${TRANSCRIPT_COLUMNS.join(', ')} FROM otel_traces FINAL
       WHERE TraceId IN {traces: Array(String)} AND SpanId IN {spans: Array(String)}
       ORDER BY Timestamp, SpanSequence, SpanId LIMIT 1 BY TraceId, SpanId LIMIT ${MOST_SPANS}`,
      { traces: evidence.map(({ trace_id }) => trace_id), spans: evidence.map(({ span_id }) => span_id) },
      { database },
    ),
    alert.session_id === '' ? undefined : findSessionSummary(store, database, alert.session_id),
    store.query<{ close_reason: CloseReason; same: number; all: number }>(
      `SELECT close_reason, toUInt32(countIf(entity_kind = {kind: String} AND entity_value = {value: String})) AS same,
         toUInt32(count()) AS all
       FROM alerts
       WHERE status = 'closed' AND id IN (
         SELECT alert_id FROM alert_events
         WHERE type = 'opened' AND rule_id = {rule: String} AND alert_id != {id: String}
         ORDER BY at DESC LIMIT ${MOST_EARLIER})
       GROUP BY close_reason`,
      { kind: alert.entity.kind, value: alert.entity.value, rule: alert.rule_id, id: alert.id },
      { database },
    ),
    alert.session_id === ''
      ? []
      : store.query<{ rule_id: string }>(
          `SELECT DISTINCT rule_id FROM alert_events
           WHERE type = 'opened' AND session_id = {session: String} AND rule_id != {rule: String} ORDER BY rule_id LIMIT 50`,
          { session: alert.session_id, rule: alert.rule_id },
          { database },
        ),
  ]);
  const isEvidence = new Set(evidence.map(({ trace_id, span_id }) => `${trace_id} ${span_id}`));
  return {
    alert,
    spans: spans.filter(({ TraceId, SpanId }) => isEvidence.has(`${TraceId} ${SpanId}`)),
    summary,
    closes: { sameEntity: closesOf(closes, 'same'), sameRule: closesOf(closes, 'all') },
    rulesBeside: beside.map(({ rule_id }) => rule_id),
  };
}

function closesOf(
  rows: readonly { close_reason: CloseReason; same: number; all: number }[],
  which: 'same' | 'all',
): Closes {
  return Object.fromEntries(rows.map((row) => [row.close_reason, row[which]]));
}
