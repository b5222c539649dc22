/*
title: Which actions were refused?
description: >
  Decisions of guardrails and permission prompts that stopped a call, by agent and tool.
params:
  days: {default: 30, description: Days back}
*/
SELECT AgentId, ToolName, GuardrailVerdict, PermissionMode, count() AS refusals, uniqExact(SessionId) AS sessions, max(Timestamp) AS last_seen
FROM otel_traces FINAL
WHERE Timestamp > now() - INTERVAL {days: UInt16} DAY
    AND (lower(GuardrailVerdict) IN ('deny', 'denied', 'block', 'blocked', 'reject', 'rejected') OR Decision = 'stop')
GROUP BY AgentId, ToolName, GuardrailVerdict, PermissionMode
ORDER BY refusals DESC
LIMIT 200
