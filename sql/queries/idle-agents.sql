/*
title: Which agents went quiet?
description: >
  Agents that were seen within the period, by how long they have sent nothing.
params:
  days: {default: 30, description: Days back}
*/
SELECT AgentId, anyLast(AgentVersion) AS version, max(IngestedAt) AS last_seen, dateDiff('hour', last_seen, now64()) AS hours_quiet, uniqExact(SessionId) AS sessions
FROM otel_traces FINAL
WHERE AgentId != '' AND Timestamp > now() - INTERVAL {days: UInt16} DAY
GROUP BY AgentId
ORDER BY hours_quiet DESC
LIMIT 500
