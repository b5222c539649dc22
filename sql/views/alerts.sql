-- The current state of every alert, from its log.
CREATE OR REPLACE VIEW alerts AS
SELECT
    alert_id AS id,
    any(group_key) AS fingerprint,
    argMax(rule_id, (type IN ('opened', 'matched'), at)) AS rule_id,
    argMax(rule_version, (type IN ('opened', 'matched'), at)) AS rule_version,
    argMax(rule_status, (type IN ('opened', 'matched'), at)) AS rule_status,
    argMax(title, (type IN ('opened', 'matched'), at)) AS title,
    argMax(severity, (type IN ('opened', 'matched'), at)) AS severity,
    argMax(risk_score, (type IN ('opened', 'matched'), at)) AS risk_score,
    argMaxIf(
        multiIf(type = 'acknowledged', 'acknowledged', type = 'closed', 'closed', 'open'),
        (at, event_id),
        type IN ('opened', 'acknowledged', 'closed', 'reopened')
    ) AS status,
    argMaxIf(detail, (at, event_id), type = 'closed') AS close_reason,
    any(entity_kind) AS entity_kind,
    any(entity_value) AS entity_value,
    argMax(session_id, (type IN ('opened', 'matched'), at)) AS session_id,
    minIf(starts_at, type IN ('opened', 'matched')) AS starts_at,
    maxIf(ends_at, type IN ('opened', 'matched')) AS ends_at,
    uniqExactIf(match, type IN ('opened', 'matched')) AS count,
    arraySlice(arrayDistinct(arrayFlatten(groupArrayIf(evidence, type IN ('opened', 'matched')))), 1, 100) AS evidence,
    argMax(values, (type IN ('opened', 'matched'), at)) AS values,
    argMax(threat, (type IN ('opened', 'matched'), at)) AS threat,
    argMax(runbook, (type IN ('opened', 'matched'), at)) AS runbook,
    argMaxIf(detail, (at, event_id), type = 'assigned') AS assignee,
    min(at) AS opened_at,
    max(at) AS updated_at,
    argMax(filled_in, (type = 'opened', at)) AS filled_in
FROM alert_events FINAL
GROUP BY alert_id;
