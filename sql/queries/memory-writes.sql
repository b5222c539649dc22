/*
title: What went into memory, and from where?
description: >
  Each write into memory with where its content came from, outside content first.
params:
  days: {default: 30, description: Days back}
*/
SELECT Timestamp, AgentId, SessionId, ToolName, MemoryStoreId, WriteProvenance, ToolArgumentsLength AS characters
FROM otel_traces FINAL
WHERE MemoryOperation = 'write' AND Timestamp > now() - INTERVAL {days: UInt16} DAY
ORDER BY WriteProvenance = 'external' DESC, Timestamp DESC
LIMIT 200
