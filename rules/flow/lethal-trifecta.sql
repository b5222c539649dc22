/*
name: Private data, outside content and a way out met in one session
description: >
  One session read private data, read content from outside, and then sent something outward that carries values of the
  private data which the user never named. Each is ordinary; together they are all that an attacker needs.
severity: medium
risk_score: 42
status: experimental
version: 1
entity: session
params:
  min_shared: 3
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM01, LLM02, LLM06]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI01, ASI02]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Exfiltration, technique: [AML.T0086, AML.T0025]}
runbook: |
  1. Open the evidence in order: the private read, the outside content, the outward call.
  2. Did the user ask for this to be sent, and to that receiver? `tainted-exfiltration` answers it more sharply where
     it fired too.
  3. If not, establish what left and to whom, and treat the outside content as an attack.
  4. For the long run: take one of the three away from this agent.
false_positives:
  - Agents whose work is to read inside and outside and to report by mail, which is why the rule only records.
required_fields: [UntrustedRefs, ArgRefs, ToolCategory, ToolDirection, InputSource]
tags: [exfiltration, posture, provenance]
*/
WITH
    sessions AS
    (
        SELECT
            SessionId,
            groupUniqArrayArray(TrustedRefs) AS trusted,
            groupUniqArrayIf((TraceId, SpanId, Timestamp, ToolName, UntrustedRefs),
                ToolCategory IN ('file_system', 'memory_read', 'internal_api') AND InputSource != 'external' AND ToolDirection = 'input' AND notEmpty(UntrustedRefs)) AS private,
            groupUniqArrayIf((TraceId, SpanId, Timestamp, ToolName), InputSource = 'external' AND ToolDirection = 'input' AND notEmpty(UntrustedRefs)) AS outside,
            groupUniqArrayIf((TraceId, SpanId, Timestamp, ToolName, ArgRefs),
                ToolCategory IN ('email', 'external_api') AND ToolDirection = 'output' AND notEmpty(ArgRefs)) AS outward,
            any(AgentId) AS agent
        FROM otel_traces
        WHERE IngestedAt >= {from: DateTime64(6)} - INTERVAL 2 DAY AND IngestedAt < {to: DateTime64(6)}
            AND SessionId IN
            (
                SELECT SessionId FROM otel_traces
                WHERE IngestedAt >= {from: DateTime64(6)} - INTERVAL 2 DAY AND IngestedAt < {to: DateTime64(6)} AND ToolCategory IN ('email', 'external_api') AND ToolDirection = 'output'
                    AND SessionId IN (SELECT SessionId FROM otel_traces WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND ToolCategory != '')
            )
        GROUP BY SessionId
        HAVING notEmpty(private) AND notEmpty(outside) AND notEmpty(outward)
    ),
    ways AS
    (
        SELECT
            SessionId, agent, call,
            arrayFirst(read -> read.3 <= call.3 AND length(arrayFilter(ref -> NOT has(trusted, ref), arrayIntersect(read.5, call.5))) >= {min_shared: UInt32}, private) AS source,
            arrayFirst(read -> read.3 <= call.3, outside) AS stranger
        FROM sessions
        ARRAY JOIN outward AS call
        WHERE source.2 != '' AND stranger.2 != '' AND source.2 != stranger.2
    )
SELECT
    SessionId AS entity,
    SessionId AS session_id,
    concat(if(any(agent) = '', 'An agent', concat('Agent `', any(agent), '`')), ' read private data and outside content, and sent out through `', any(call.4), '`') AS title,
    toString(min(call.3)) AS starts_at,
    toString(max(call.3)) AS ends_at,
    arraySlice(arraySort(item -> (item.3, item.1, item.2), arrayDistinct(arrayFlatten(groupArray([
        CAST((source.1, source.2, concat('1 private data from ', source.4)), 'Tuple(trace_id String, span_id String, note String)'),
        CAST((stranger.1, stranger.2, concat('2 outside content from ', stranger.4)), 'Tuple(trace_id String, span_id String, note String)'),
        CAST((call.1, call.2, concat('3 sent out by ', call.4)), 'Tuple(trace_id String, span_id String, note String)')
    ])))), 1, 20) AS evidence,
    any(agent) AS agent_id
FROM ways
GROUP BY SessionId
