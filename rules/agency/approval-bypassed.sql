/*
name: An agent got around being asked for permission
description: >
  A session went over to a mode in which nobody is asked, after it had begun in one that asks; or an agent started
  another agent with the checks switched off. What it does from then on, no human saw beforehand.
severity: high
risk_score: 60
status: test
version: 1
entity: session
trigger: "PermissionMode IN {unasked: Array(String)} OR (ToolCategory = 'code_execution' AND match(ToolArgumentsPreview, {commands: String}))"
params:
  unasked: [bypassPermissions, dontAsk, yolo, full-auto, danger-full-access, never]
  commands: '\b(?:claude|codex|gemini|cursor-agent|copilot|q|aider|opencode|goose|droid|amp)\b[^;|&]{0,200}(?:--dangerously-skip-permissions|--dangerously-bypass-approvals-and-sandbox|--dangerously-allow-all|--yolo\b|--full-auto\b|--allow-all-tools|--trust-all-tools|--yes-always|--skip-permissions-unsafe|--permission-mode[= ]bypassPermissions|--approval-mode[= ]yolo)'
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM06]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI03, ASI09, ASI10]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Privilege Escalation, technique: [AML.T0053, AML.T0081]}
runbook: |
  1. Who changed the mode: the user at the keyboard, or a setting or command that the agent wrote itself?
  2. List the acting calls of the session after `starts_at`: they ran unasked.
  3. For an agent that was started with checks off: what was it told to do, and does its session exist?
  4. Forbid the mode by managed settings where it is not wanted; close as benign in sandboxes meant for it.
false_positives:
  - Developers who switch the mode themselves, above all in containers and virtual machines.
required_fields: [PermissionMode, ToolArgumentsPreview]
tags: [agency, coding-agents, privilege]
*/
WITH
    modes AS
    (
        SELECT SessionId, TraceId, SpanId, Timestamp, AgentId, UserId, PermissionMode IN {unasked: Array(String)} AS free
        FROM otel_traces
        WHERE IngestedAt >= {from: DateTime64(6)} - INTERVAL 2 DAY AND IngestedAt < {to: DateTime64(6)} AND PermissionMode != ''
            AND SessionId IN (SELECT SessionId FROM otel_traces WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND PermissionMode IN {unasked: Array(String)})
    ),
    escalated AS
    (
        SELECT modes.SessionId AS SessionId, TraceId, SpanId, Timestamp, AgentId, UserId, concat('runs without asking, after a mode that asks') AS note
        FROM modes
        INNER JOIN (SELECT SessionId, minIf(Timestamp, NOT free) AS asked_at, countIf(NOT free) AS asked FROM modes GROUP BY SessionId HAVING asked > 0) AS before
            ON before.SessionId = modes.SessionId
        WHERE free AND Timestamp > asked_at
        ORDER BY Timestamp, SpanId
        LIMIT 1 BY SessionId
    ),
    started AS
    (
        SELECT SessionId, TraceId, SpanId, Timestamp, AgentId, UserId, concat('starts an agent with checks switched off: ', ToolName) AS note
        FROM otel_traces
        WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND ToolCategory = 'code_execution' AND match(ToolArgumentsPreview, {commands: String})
    )
SELECT
    SessionId AS entity,
    SessionId AS session_id,
    concat(if(any(AgentId) = '', 'An agent', concat('Agent `', any(AgentId), '`')), ' got around being asked for permission') AS title,
    toString(min(Timestamp)) AS starts_at,
    toString(max(Timestamp)) AS ends_at,
    arraySlice(arraySort(item -> (item.3, item.1, item.2), groupUniqArray(CAST((TraceId, SpanId, note), 'Tuple(trace_id String, span_id String, note String)'))), 1, 20) AS evidence,
    any(AgentId) AS agent_id,
    any(UserId) AS user_id
FROM (SELECT * FROM escalated UNION ALL SELECT * FROM started)
GROUP BY SessionId
