import { durationMs } from '../../core/duration.ts';
import type { FormOf } from '../../core/rule-form.ts';
import {
  BEFORE_END,
  bracketed,
  evidenceSql,
  type FormContext,
  IN_WINDOW,
  namedExpression,
  SPAN_ENTITY,
  titleSql,
} from './finding-columns.ts';

/** A term whose first use lies further back than this is history that came in, not news. */
const NEWS_DAYS = 7;

/**
 * The first time an entity is seen with a term, by the spans' own times. Told once both the first use and the entity's earlier
 * history have been ingested, in whichever order they arrive. Reads no text columns and no FINAL: minima don't mind a copy.
 */
export function compileNewTerms(form: FormOf<'new_terms'>, { entity }: FormContext): string {
  const { field, look_back, min_history } = form.new_terms;
  const { expression, name } = namedExpression(field);
  const where = bracketed(form.where);
  const subject = SPAN_ENTITY[entity]!;
  const history = Math.round(durationMs(min_history) * 1e6);
  return `
WITH
    terms AS
    (
        SELECT
            toString(${subject}) AS subject,
            toString(${expression}) AS term,
            min(Timestamp) AS first_seen,
            max(Timestamp) AS last_seen,
            argMin((TraceId, SpanId, SessionId), (Timestamp, SpanId)) AS first_span,
            min(IngestedAt) AS term_ingested,
            argMin(IngestedAt, Timestamp) AS oldest_ingested
        FROM otel_traces
        WHERE ${BEFORE_END} AND IngestedAt >= {from: DateTime64(6)} - INTERVAL ${Math.ceil(durationMs(look_back) / 1_000)} SECOND
            AND ${where} AND term != '' AND subject != ''
            AND toString(${subject}) IN (SELECT toString(${subject}) FROM otel_traces WHERE ${IN_WINDOW} AND ${where})
        GROUP BY subject, term
    ),
    entities AS
    (
        SELECT subject, min(first_seen) AS known_from, argMin(oldest_ingested, first_seen) AS history_ingested, count() AS known_terms
        FROM terms GROUP BY subject
    )
SELECT
    terms.subject AS entity,
    first_span.3 AS session_id,
    terms.term AS dedup_key,
    terms.term AS ${name === 'term' ? 'new_term' : name},
    terms.term AS term,
    known_terms - 1 AS other_terms,
    ${titleSql(form.title)} AS title,
    toString(first_seen) AS starts_at,
    toString(last_seen) AS ends_at,
    toString(known_from) AS known_since,
    ${evidenceSql(`[(first_span.1, first_span.2, 'first use')]`)} AS evidence
FROM terms INNER JOIN entities ON terms.subject = entities.subject
WHERE toUnixTimestamp64Nano(first_seen) - toUnixTimestamp64Nano(known_from) >= ${history} AND first_seen > known_from
    AND first_seen >= {from: DateTime64(6)} - INTERVAL ${NEWS_DAYS} DAY
    AND greatest(term_ingested, history_ingested) >= {from: DateTime64(6)}`;
}
