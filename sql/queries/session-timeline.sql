/*
title: What happened in a session, step by step?
description: >
  The spans of one session in order, without content. The newest session when none is given.
params:
  session: {default: '', description: A session id}
*/
SELECT Timestamp, SpanSequence, TraceId, SpanId, ParentSpanId, Kind, SpanName, AgentId, ToolName, ToolDirection, Decision, InputSource, StatusCode, Duration / 1e6 AS ms
FROM otel_traces FINAL
WHERE SessionId = if({session: String} != '', {session: String}, (SELECT argMax(SessionId, Timestamp) FROM otel_traces))
ORDER BY Timestamp, SpanSequence
LIMIT 5000
