/*
name: An agent runs without its system prompt
description: >
  Model calls of an agent that always carried a system prompt come without one. Its instructions and limits are gone:
  the prompt store failed open, or somebody removed it.
severity: medium
risk_score: 45
status: test
version: 1
entity: agent
params:
  min_calls: 20
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM01, LLM03]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI01, ASI10]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Persistence, technique: [AML.T0081]}
runbook: |
  1. Open the evidence: is the prompt really absent, or did the sender stop capturing it (other agents of the same
     service too)?
  2. Look at where the agent takes its prompt from: an empty file, a failed lookup with a default of nothing, an unset
     variable.
  3. Stop the agent or pin the last known prompt, then list the sessions and acting tool calls since `starts_at`.
  4. Close as false_positive when only the capture changed; as true_positive when the model really ran without
     instructions.
false_positives:
  - A sender whose capture of system prompts was switched off.
  - Agents that make helper calls without a prompt; they do so from the start and are not reported.
required_fields: [AgentId, PromptHash, PromptLength]
tags: [prompt, integrity]
*/
WITH
    -- Content was captured, so a prompt would have been seen.
    bare AS
    (
        SELECT AgentId, ScopeName, min(Timestamp) AS since, arraySlice(arraySort(item -> (item.3, item.1, item.2), groupUniqArray(CAST((TraceId, SpanId, 'model call without a system prompt'), 'Tuple(trace_id String, span_id String, note String)'))), 1, 20) AS spans, any(SessionId) AS session
        FROM otel_traces
        WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)}
            AND Kind = 'llm' AND PromptHash = '' AND PromptLength > 0 AND AgentId != ''
        GROUP BY AgentId, ScopeName
    ),
    -- What the same instrumentation of the same agent used to send.
    usual AS
    (
        SELECT calls.AgentId AS AgentId, calls.ScopeName AS ScopeName,
            uniqExactIf(SpanId, PromptHash != '' AND Timestamp < since) AS prompted,
            uniqExactIf(SpanId, PromptHash = '' AND Timestamp < since) AS unprompted,
            uniqExactIf(SpanId, PromptHash != '' AND Timestamp > since) AS prompted_since
        FROM
        (
            SELECT AgentId, ScopeName, SpanId, PromptHash, Timestamp FROM otel_traces
            WHERE Timestamp >= {from: DateTime64(6)} - INTERVAL 2 DAY AND IngestedAt < {to: DateTime64(6)}
                AND Kind = 'llm' AND PromptLength > 0 AND AgentId IN (SELECT AgentId FROM bare)
        ) AS calls
        INNER JOIN bare ON bare.AgentId = calls.AgentId AND bare.ScopeName = calls.ScopeName
        GROUP BY calls.AgentId, calls.ScopeName
        HAVING prompted >= {min_calls: UInt32} AND unprompted * 50 <= prompted AND prompted_since = 0
    )
SELECT
    bare.AgentId AS entity,
    bare.session AS session_id,
    concat(bare.AgentId, ' ', bare.ScopeName) AS dedup_key,
    concat('Agent `', bare.AgentId, '` calls its model without the system prompt it always had') AS title,
    toString(bare.since) AS starts_at,
    starts_at AS ends_at,
    bare.spans AS evidence,
    toString(usual.prompted) AS calls_with_prompt_before
FROM bare
INNER JOIN usual ON usual.AgentId = bare.AgentId AND usual.ScopeName = bare.ScopeName
