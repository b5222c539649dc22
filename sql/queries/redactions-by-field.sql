/*
title: Where do secrets and personal data come in?
description: >
  Redactions by kind and field, so that the source can be mended.
params:
  days: {default: 7, description: Days back}
*/
SELECT class, kind, path, count() AS values, uniqExact(fingerprint) AS distinct_values, uniqExact(SessionId) AS sessions, groupUniqArray(10)(AgentId) AS agents
FROM redaction_findings
WHERE Timestamp > now() - INTERVAL {days: UInt16} DAY
GROUP BY class, kind, path
ORDER BY class = 'secret' DESC, values DESC
LIMIT 500
