/*
title: 'What an outside page or mail said: where did it go?'
description: >
  Telling tokens that outside content brought into a session and that this or another session sent out, though its user never said them. One shared token is mostly chance.
*/
WITH
    brought AS
    (
        SELECT SessionId, arrayJoin(UntrustedRefs) AS ref FROM otel_traces FINAL WHERE InputSource = 'external'
    ),
    sent AS
    (
        SELECT SessionId, AgentId, ToolName, arrayJoin(ArgRefs) AS ref FROM otel_traces FINAL WHERE ToolDirection = 'output'
    )
SELECT brought.SessionId AS read_in, sent.SessionId AS sent_in, sent.AgentId AS agent, sent.ToolName AS tool, uniqExact(ref) AS shared
FROM brought INNER JOIN sent ON brought.ref = sent.ref
WHERE (sent.SessionId, ref) NOT IN (SELECT SessionId, arrayJoin(TrustedRefs) FROM otel_traces FINAL)
GROUP BY read_in, sent_in, agent, tool
HAVING shared > 1
ORDER BY read_in != sent_in DESC, shared DESC
LIMIT 100
