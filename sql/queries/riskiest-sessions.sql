/*
title: Which sessions carry the most risk?
description: >
  What the findings of a session add up to, with the rules behind it.
*/
SELECT entity_value AS session, sum(score) AS risk, count() AS findings, groupUniqArray(20)(rule_id) AS rules, max(at) AS last_found
FROM risk_contributions FINAL
WHERE entity_kind = 'session'
GROUP BY session
ORDER BY risk DESC
LIMIT 100
