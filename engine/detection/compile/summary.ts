import type { FormOf } from '../../core/rule-form.ts';
import { bracketed, evidenceSql, type FormContext, SPAN_ENTITY, titleSql, WRITTEN_WITHIN } from './finding-columns.ts';

/**
 * Sessions whose summary meets a condition. A language model wrote it, so its word is no evidence: that are the session's first
 * and last span, and the text itself stays out of titles.
 */
export function compileSummary(form: FormOf<'summary'>, { entity }: FormContext): string {
  return `
WITH
    matching AS
    (
        SELECT session_id, work_class, risks, made_at
        FROM session_summaries FINAL
        WHERE made_at < {to: DateTime64(6)} AND made_at >= {from: DateTime64(6)} - ${WRITTEN_WITHIN} AND ${bracketed(form.where)}
    ),
    spans AS
    (
        SELECT
            SessionId,
            anyIf(toString(${SPAN_ENTITY[entity]!}), toString(${SPAN_ENTITY[entity]!}) != '') AS subject,
            min(Timestamp) AS begun, max(Timestamp) AS ended,
            argMin((TraceId, SpanId, 'first span of the session'), (Timestamp, SpanId)) AS first_span
        FROM otel_traces
        WHERE SessionId IN (SELECT session_id FROM matching)
        GROUP BY SessionId
    )
SELECT
    subject AS entity,
    matching.session_id AS session_id,
    matching.work_class AS work_class,
    matching.risks AS risks,
    ${titleSql(form.title)} AS title,
    toString(begun) AS starts_at,
    toString(ended) AS ends_at,
    ${evidenceSql('[first_span]')} AS evidence
FROM matching INNER JOIN spans ON spans.SessionId = matching.session_id
WHERE subject != ''`;
}
