-- The current state of every alert, from its log. No FINAL: every aggregate here is the same when a row is there twice, but
-- updated_at, which then is the time of the second writing.
CREATE OR REPLACE VIEW alerts AS
SELECT
    alert_id AS id,
    any(e.group_key) AS fingerprint,
    any(e.episode) AS episode,
    any(e.rule_id) AS rule_id,
    argMaxIf(e.rule_version, e.rank, e.type IN ('opened', 'matched')) AS rule_version,
    argMaxIf(e.rule_status, e.rank, e.type IN ('opened', 'matched')) AS rule_status,
    argMaxIf(e.title, e.rank, e.type IN ('opened', 'matched')) AS title,
    argMaxIf(e.severity, e.rank, e.type IN ('opened', 'matched')) AS severity,
    argMaxIf(e.risk_score, e.rank, e.type IN ('opened', 'matched')) AS risk_score,
    argMaxIf(
        multiIf(e.type = 'acknowledged', 'acknowledged', e.type = 'closed', 'closed', 'open'),
        e.rank,
        e.type IN ('opened', 'acknowledged', 'closed', 'reopened')
    ) AS status,
    argMaxIf(e.detail, e.rank, e.type = 'closed') AS close_reason,
    argMaxIf(e.detail, e.rank, e.type = 'assigned') AS assignee,
    any(e.entity_kind) AS entity_kind,
    any(e.entity_value) AS entity_value,
    argMaxIf(e.session_id, e.rank, e.type IN ('opened', 'matched')) AS session_id,
    minIf(e.starts_at, e.type IN ('opened', 'matched')) AS starts_at,
    maxIf(e.ends_at, e.type IN ('opened', 'matched')) AS ends_at,
    uniqExactIf(e.match, e.type IN ('opened', 'matched')) AS count,
    -- Of the first 100 matches at hand: what a flood of them would take is bounded.
    arraySlice(arrayDistinct(arrayFlatten(arrayMap(
        row -> row.3,
        arraySort(groupArrayIf(100)((e.at, e.match, e.evidence), e.type IN ('opened', 'matched')))
    ))), 1, 100) AS evidence,
    -- Exact while a match holds at most 100 spans or repeats those of the match before; else the least it can be.
    greatest(
        uniqExactArrayIf(
            arrayMap(span -> cityHash64(span.trace_id, span.span_id), e.evidence),
            e.type IN ('opened', 'matched')
        ),
        maxIf(e.evidence_total, e.type IN ('opened', 'matched'))
    ) AS evidence_total,
    argMaxIf(e.values, e.rank, e.type IN ('opened', 'matched')) AS values,
    argMaxIf(e.threat, e.rank, e.type IN ('opened', 'matched')) AS threat,
    argMaxIf(e.runbook, e.rank, e.type IN ('opened', 'matched')) AS runbook,
    -- Of the rule, and what people set last.
    arrayDistinct(arrayConcat(
        argMaxIf(e.tags, e.rank, e.type IN ('opened', 'matched')),
        argMaxIf(e.tags, e.rank, e.type = 'tagged')
    )) AS tags,
    minIf(e.at, e.type = 'opened') AS opened_at,
    max(e.at) AS updated_at,
    minIf(e.filled_in, e.type IN ('opened', 'matched')) AS filled_in
FROM alert_events AS e
GROUP BY alert_id;
