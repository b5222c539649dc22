/*
name: A run used many times the tokens that its agent usually needs
description: >
  One run of an agent used several times as many tokens as nineteen in twenty of its runs of the last week. It is
  looping, swallows huge results, or is being used for something else.
severity: medium
risk_score: 40
status: test
version: 1
entity: agent
schedule: "0 * * * * *"
params:
  factor: 5
  min_tokens: 200000
  min_runs: 20
  days: 7
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM10]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI08, ASI02]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Impact, technique: [AML.T0034, AML.T0029]}
runbook: |
  1. Open the trace: many calls (see step-count-blowup), or few calls with huge inputs? What brought the large inputs?
  2. Is it this run, this user, or every run since a release? Compare with the agent's other runs of the day.
  3. Stop the run if it goes on; limit tokens a run where the agent runs.
  4. Close as benign for a task that is really that large.
false_positives:
  - Tasks that are really larger than the usual ones.
  - Agents whose runs differ greatly in size.
required_fields: [InputTokens, OutputTokens, AgentId]
tags: [cost]
*/
WITH
    touched AS
    (
        SELECT TraceId, AgentId FROM otel_traces
        WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND Kind = 'llm' AND AgentId != '' AND InputTokens + CacheReadTokens + CacheWriteTokens + OutputTokens > 0
        GROUP BY TraceId, AgentId
    ),
    current AS
    (
        SELECT
            AgentId, TraceId, any(SessionId) AS session, min(Timestamp) AS started, max(Timestamp) AS ended,
            sum(InputTokens + CacheReadTokens + CacheWriteTokens + OutputTokens) AS tokens,
            arraySlice(arrayReverseSort(groupArray((InputTokens + CacheReadTokens + CacheWriteTokens + OutputTokens, SpanId))), 1, 5) AS largest
        FROM
        (
            SELECT AgentId, TraceId, SpanId, SessionId, Timestamp, InputTokens, CacheReadTokens, CacheWriteTokens, OutputTokens
            FROM otel_traces FINAL
            WHERE IngestedAt >= {from: DateTime64(6)} - INTERVAL 2 DAY AND IngestedAt < {to: DateTime64(6)} AND Kind = 'llm' AND (TraceId, AgentId) IN touched
            -- A call that two senders report counts once.
            LIMIT 1 BY TraceId, if(ResponseId = '', SpanId, ResponseId), InputTokens + OutputTokens > 0
        )
        GROUP BY AgentId, TraceId
        HAVING tokens >= {min_tokens: UInt64}
    ),
    -- Every run of these agents, or one in so many that at most half a million calls are left; tokens of calls that came twice or
    -- that two senders report are divided by how often each call is there.
    usual AS
    (
        SELECT AgentId, groupArray((started, tokens)) AS runs
        FROM
        (
            SELECT AgentId, TraceId, min(Timestamp) AS started,
                sum(InputTokens + CacheReadTokens + CacheWriteTokens + OutputTokens) * uniqCombined(12)(if(ResponseId = '', SpanId, ResponseId)) / count() AS tokens
            FROM otel_traces
            WHERE Timestamp >= {from: DateTime64(6)} - toIntervalDay({days: UInt32}) AND IngestedAt < {to: DateTime64(6)}
                AND Kind = 'llm' AND InputTokens + CacheReadTokens + CacheWriteTokens + OutputTokens > 0 AND AgentId IN (SELECT AgentId FROM current)
                -- Counted from the partitions alone.
                AND sipHash64(TraceId) % (
                    SELECT intDiv(count(), 500000) + 1 FROM otel_traces WHERE toDate(IngestedAt) >= toDate({from: DateTime64(6)}) - {days: UInt32}
                ) = 0
            GROUP BY AgentId, TraceId
        )
        GROUP BY AgentId
    )
SELECT
    current.AgentId AS entity,
    current.session AS session_id,
    current.TraceId AS dedup_key,
    concat('A run of agent `', current.AgentId, '` used more than ', toString({factor: Float64}), ' times the tokens of its usual runs') AS title,
    toString(current.started) AS starts_at,
    toString(current.ended) AS ends_at,
    arrayMap(span -> CAST((current.TraceId, span.2, 'one of its largest calls'), 'Tuple(trace_id String, span_id String, note String)'), current.largest) AS evidence,
    toString(current.tokens) AS tokens,
    toString(round(arrayReduce('quantileExact(0.95)', baseline))) AS usual_tokens
FROM current
INNER JOIN usual ON usual.AgentId = current.AgentId
WHERE length(arrayMap(run -> run.2, arrayFilter(run -> run.1 < current.started, usual.runs)) AS baseline) >= {min_runs: UInt32}
    AND current.tokens >= {factor: Float64} * arrayReduce('quantileExact(0.95)', baseline)
