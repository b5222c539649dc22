/*
name: A run started far too many sub-agents
description: >
  One run of an agent started more sub-agents than any task should need. Agents that start agents multiply cost and
  actions, and nobody reads along.
severity: medium
risk_score: 45
status: test
version: 1
entity: session
params:
  max_subagents: 25
  starting_tools: [Task, Agent, spawn_agent, start_subagent, delegate_task, sessions_spawn]
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM06, LLM10]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI02, ASI08]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Impact, technique: [AML.T0034.002, AML.T0053]}
runbook: |
  1. Open the trace: do sub-agents start sub-agents, or does one agent start them in a row?
  2. Stop the run. Compare its tokens with the agent's other runs.
  3. What made it start so many: a list in the task, or a text that it read?
  4. Limit the number and depth where the agents run; close as benign for planned batch work.
false_positives:
  - Batch work that gives each item an agent of its own on purpose.
  - Frameworks that report each node of a graph as an agent.
required_fields: [Kind, ParentSpanId]
tags: [agency, cost, multi-agent]
*/
SELECT
    any(SessionId) AS entity,
    any(SessionId) AS session_id,
    TraceId AS dedup_key,
    concat('One run started more than ', toString({max_subagents: UInt32}), ' sub-agents') AS title,
    toString(min(Timestamp)) AS starts_at,
    toString(max(Timestamp)) AS ends_at,
    arrayMap(span -> CAST((TraceId, span.2, concat('sub-agent ', span.3)), 'Tuple(trace_id String, span_id String, note String)'), arraySlice(arraySort(groupUniqArray((Timestamp, SpanId, if(Kind = 'agent', toString(AgentName), toString(ToolName))))), 1, 5)) AS evidence,
    toString(greatest(uniqExactIf(SpanId, Kind = 'agent'), uniqExactIf(SpanId, Kind = 'tool'))) AS subagents
FROM otel_traces
WHERE IngestedAt >= {from: DateTime64(6)} - INTERVAL 2 DAY AND IngestedAt < {to: DateTime64(6)}
    AND TraceId IN (SELECT TraceId FROM otel_traces WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND ((Kind = 'agent' AND ParentSpanId != '') OR (Kind = 'tool' AND ToolName IN {starting_tools: Array(String)})))
    AND ((Kind = 'agent' AND ParentSpanId != '') OR (Kind = 'tool' AND ToolName IN {starting_tools: Array(String)}))
GROUP BY TraceId
HAVING greatest(uniqExactIf(SpanId, Kind = 'agent'), uniqExactIf(SpanId, Kind = 'tool')) > {max_subagents: UInt32}
