/*
name: System prompt changed without a release
description: >
  An agent runs with a system prompt that differs from the one it had before, though neither its version changed nor a
  deployment was recorded. Someone or something edited the instructions of a running agent.
severity: high
risk_score: 65
status: stable
version: 1
entity: agent
trigger: PromptHash != ''
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM01, LLM03]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI01, ASI04, ASI10]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Persistence, technique: [AML.T0081, AML.T0109]}
runbook: |
  1. Open the evidence span and compare its prompt hash with `previous_hash`; `agent_prompts` lists every prompt of the agent
     with the times it was seen.
  2. Ask the agent's owner whether a prompt was released. If so, record it (POST /api/v1/deployments) and close as benign.
  3. If not: find who can write the prompt (repository, prompt store, configuration service, environment) and what changed it
     between `previous_last_seen` and the first span with the new hash.
  4. Until it is explained, treat what the agent did since then as untrusted: list its sessions and its acting tool calls.
false_positives:
  - A prompt released without raising the agent's version and without a recorded deployment.
  - Prompts assembled from parts that change (user profile, retrieved documents). Dates, times and ids are already ignored.
required_fields: [AgentId, PromptHash]
tags: [prompt, integrity]
*/
WITH
    prompts AS
    (
        SELECT
            AgentId,
            AgentVersion,
            PromptHash,
            PromptHashStable,
            min(FirstSeen) AS first_seen,
            max(LastSeen) AS last_seen,
            min(FirstIngested) AS first_ingested
        FROM agent_prompts
        WHERE AgentId != ''
        GROUP BY AgentId, AgentVersion, PromptHash, PromptHashStable
    ),
    -- A pair counts once both prompts have been ingested, in whichever order they arrived.
    changes AS
    (
        SELECT
            after.AgentId AS AgentId,
            after.AgentVersion AS AgentVersion,
            after.PromptHash AS PromptHash,
            after.first_seen AS changed_at,
            argMax(before.PromptHash, before.first_seen) AS previous_hash,
            argMax(before.last_seen, before.first_seen) AS previous_last_seen,
            max(before.first_seen) AS previous_first_seen,
            countIf(before.PromptHashStable = after.PromptHashStable) AS same_but_for_volatile_parts,
            max(greatest(after.first_ingested, before.first_ingested)) AS known_since
        FROM prompts AS after
        INNER JOIN prompts AS before ON after.AgentId = before.AgentId AND after.AgentVersion = before.AgentVersion
        WHERE before.PromptHash != after.PromptHash AND before.first_seen < after.first_seen
        GROUP BY after.AgentId, after.AgentVersion, after.PromptHash, after.first_seen
        HAVING same_but_for_volatile_parts = 0
            AND known_since >= {from: DateTime64(6)} AND known_since < {to: DateTime64(6)}
    ),
    unannounced AS
    (
        SELECT changes.*
        FROM changes
        LEFT JOIN
        (
            SELECT agent_id, groupArray(deployed_at) AS deployments
            FROM deployments FINAL
            GROUP BY agent_id
        ) AS releases ON releases.agent_id = changes.AgentId
        -- A release may be recorded a little after the first traffic of the new prompt.
        WHERE NOT arrayExists(at -> at > previous_first_seen AND at <= changed_at + INTERVAL 15 MINUTE, releases.deployments)
    )
SELECT
    unannounced.AgentId AS entity,
    any(spans.SessionId) AS session_id,
    concat(entity, ' ', agent_version) AS dedup_key,
    concat(
        'Agent `', entity, '`', if(agent_version = '', '', concat(' ', agent_version)),
        ' runs with another system prompt (', prompt_hash, ' instead of ', any(unannounced.previous_hash), ') and no release explains it'
    ) AS title,
    toString(min(unannounced.changed_at)) AS starts_at,
    starts_at AS ends_at,
    [CAST(
        (argMin(spans.TraceId, spans.SpanId), min(spans.SpanId), concat('first span with prompt ', prompt_hash)),
        'Tuple(trace_id String, span_id String, note String)'
    )] AS evidence,
    unannounced.PromptHash AS prompt_hash,
    any(unannounced.previous_hash) AS previous_hash,
    toString(any(unannounced.previous_last_seen)) AS previous_last_seen,
    unannounced.AgentVersion AS agent_version
FROM unannounced
INNER JOIN
(
    SELECT AgentId, PromptHash, Timestamp, TraceId, SpanId, SessionId
    FROM otel_traces
    WHERE Timestamp IN (SELECT changed_at FROM unannounced)
) AS spans
    ON spans.AgentId = unannounced.AgentId
    AND spans.PromptHash = unannounced.PromptHash
    AND spans.Timestamp = unannounced.changed_at
GROUP BY unannounced.AgentId, unannounced.AgentVersion, unannounced.PromptHash
