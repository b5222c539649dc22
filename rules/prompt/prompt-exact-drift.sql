/*
name: A prompt that never changed has changed in a detail
description: >
  An agent that ran with one and the same system prompt for days now runs with one that differs only in parts which
  usually vary (a number, a date, an id). prompt-hash-drift ignores such parts, for most prompts have some; in a
  prompt that had none, a changed number or address is an edit.
severity: low
risk_score: 18
status: experimental
version: 1
schedule: "0 * * * * *"
entity: agent
trigger: PromptHash != ''
params:
  min_days: 2
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM01, LLM03]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI01, ASI04]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Persistence, technique: [AML.T0081]}
runbook: |
  1. Compare the two hashes in `agent_prompts`: how long was the old one in use, and on how many agents?
  2. Ask the agent's owner for the two texts and compare them. Look at limits, amounts, account numbers, addresses and
     URLs first.
  3. If nobody meant the change, restore the old prompt, find who can write it, and review what the agent did since.
  4. If it was a release, record it (POST /api/v1/deployments) and close as benign.
false_positives:
  - Prompts that begin to carry the date or a build number.
  - Agents with little traffic, whose prompt varies more slowly than it was watched.
required_fields: [AgentId, PromptHash, PromptHashStable]
tags: [prompt, integrity]
*/
WITH
    prompts AS
    (
        SELECT AgentId, AgentVersion, PromptHash, PromptHashStable, min(FirstSeen) AS first_seen, min(FirstIngested) AS first_ingested
        FROM agent_prompts
        WHERE AgentId != '' AND PromptHashStable != ''
        GROUP BY AgentId, AgentVersion, PromptHash, PromptHashStable
    ),
    -- One prompt before, and only one: a prompt with parts that vary has had many.
    changes AS
    (
        SELECT
            after.AgentId AS AgentId, after.AgentVersion AS AgentVersion, after.PromptHash AS PromptHash,
            after.first_seen AS changed_at, any(before.PromptHash) AS previous_hash, min(before.first_seen) AS previous_since
        FROM prompts AS after
        INNER JOIN prompts AS before
            ON after.AgentId = before.AgentId AND after.AgentVersion = before.AgentVersion AND after.PromptHashStable = before.PromptHashStable
        WHERE before.PromptHash != after.PromptHash AND before.first_seen < after.first_seen
            AND after.first_ingested >= {from: DateTime64(6)} AND after.first_ingested < {to: DateTime64(6)}
        GROUP BY after.AgentId, after.AgentVersion, after.PromptHash, after.first_seen
        HAVING count() = 1 AND changed_at >= previous_since + toIntervalDay({min_days: UInt32})
    ),
    unannounced AS
    (
        SELECT changes.*
        FROM changes
        LEFT JOIN (SELECT agent_id, groupArray(deployed_at) AS deployments FROM deployments FINAL GROUP BY agent_id) AS releases
            ON releases.agent_id = changes.AgentId
        WHERE NOT arrayExists(at -> at > previous_since AND at <= changed_at + INTERVAL 15 MINUTE, releases.deployments)
    )
SELECT
    unannounced.AgentId AS entity,
    any(spans.SessionId) AS session_id,
    concat(entity, ' ', any(unannounced.AgentVersion)) AS dedup_key,
    concat('Agent `', entity, '` had one system prompt for days; now a detail of it is different') AS title,
    toString(min(unannounced.changed_at)) AS starts_at,
    starts_at AS ends_at,
    [CAST((argMin(spans.TraceId, (spans.Timestamp, spans.SpanId)), argMin(spans.SpanId, (spans.Timestamp, spans.SpanId)), concat('first span with prompt ', any(unannounced.PromptHash))), 'Tuple(trace_id String, span_id String, note String)')] AS evidence,
    unannounced.PromptHash AS prompt_hash,
    any(unannounced.previous_hash) AS previous_hash
FROM unannounced
INNER JOIN
(
    SELECT AgentId, PromptHash, Timestamp, TraceId, SpanId, SessionId
    FROM otel_traces
    WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND PromptHash IN (SELECT PromptHash FROM unannounced)
) AS spans ON spans.AgentId = unannounced.AgentId AND spans.PromptHash = unannounced.PromptHash
GROUP BY unannounced.AgentId, unannounced.PromptHash
