/*
title: How do the rules do?
description: >
  Alerts of each rule by state and reason of closing, and how long they waited for a person.
*/
SELECT
    rule_id, count() AS alerts, countIf(status = 'open') AS open,
    countIf(close_reason = 'true_positive') AS true_positives,
    countIf(close_reason IN ('false_positive', 'benign')) AS needless,
    quantileIf(0.5)(dateDiff('minute', opened_at, updated_at), status != 'open') AS median_minutes
FROM alerts
GROUP BY rule_id
ORDER BY alerts DESC
