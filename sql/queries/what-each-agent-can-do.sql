/*
title: What can each agent do?
description: >
  Its tools by risk, and whether they read or act.
params:
  days: {default: 7, description: Days back}
*/
SELECT AgentId, ToolCategory, ToolDirection, groupUniqArray(20)(ToolName) AS tools, count() AS calls
FROM otel_traces FINAL
WHERE ToolCategory != '' AND Timestamp > now() - INTERVAL {days: UInt16} DAY
GROUP BY AgentId, ToolCategory, ToolDirection
ORDER BY AgentId, calls DESC
