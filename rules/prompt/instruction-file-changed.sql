/*
name: An agent changed the files that instruct agents
description: >
  An agent wrote to a file that coding agents read as their instructions (CLAUDE.md, AGENTS.md, .cursorrules, memory
  files, rules, skills). What stands there steers every later session on that repository or machine.
severity: medium
risk_score: 40
status: test
version: 1
entity: session
params:
  files: '(?:(?:^|[/\\\s"\x27=])(?:CLAUDE(?:\.local)?\.md|AGENTS(?:\.override)?\.md|GEMINI\.md|SOUL\.md|MEMORY\.md|\.cursorrules|\.windsurfrules|\.clinerules|copilot-instructions\.md)|\.cursor[/\\]+rules[/\\]+[^"\s]{1,200}|\.claude[/\\]+(?:agents|skills|commands|rules)[/\\]+[^"\s]{1,200})'
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM01, LLM04]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI01, ASI06]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Persistence, technique: [AML.T0080.000, AML.T0081]}
runbook: |
  1. Open the evidence and look at the change in the repository or on the machine: does it say what its author wanted?
  2. Look for commands, URLs, requests to hide things from the user, and text that people do not see (`cat -A`).
  3. Did the session read anything from outside before (`after_outside_content`)? Then treat the change as injected:
     revert it, and look for sessions that started since.
  4. Close as benign when the user asked for it.
false_positives:
  - "Users who ask their agent to write or tidy up its instructions, which is common: the rule alerts nobody yet."
required_fields: [ToolArgumentsPreview, ToolCategory]
tags: [prompt, persistence, coding-agents]
*/
SELECT
    SessionId AS entity,
    SessionId AS session_id,
    concat(if(any(AgentId) = '', 'An agent', concat('Agent `', any(AgentId), '`')), ' changed a file that instructs agents') AS title,
    toString(min(Timestamp)) AS starts_at,
    toString(max(Timestamp)) AS ends_at,
    arraySlice(arraySort(item -> (item.3, item.1, item.2), groupUniqArray(CAST((TraceId, SpanId, concat('written by ', ToolName)), 'Tuple(trace_id String, span_id String, note String)'))), 1, 20) AS evidence,
    any(AgentId) AS agent_id,
    any(UserId) AS user_id,
    if(SessionId IN (
        SELECT SessionId FROM otel_traces
        WHERE SessionId IN (SELECT SessionId FROM otel_traces WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND ToolDirection = 'output')
            AND InputSource = 'external' AND IngestedAt >= {from: DateTime64(6)} - INTERVAL 2 DAY AND IngestedAt < {to: DateTime64(6)}
    ), 'yes', 'no') AS after_outside_content
FROM otel_traces
WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)}
    AND ToolDirection = 'output'
    AND
    (
        -- The path, not the text: files may well speak of CLAUDE.md.
        (ToolCategory IN ('file_system', 'memory_write') AND match(extract(ToolArgumentsPreview, '(?:"(?:file_path|path|target_file|filePath|filename|file|notebook_path)"\\s*:\\s*"|\\*\\*\\* (?:Add|Update|Delete) File: )([^"\\n]{1,1000})'), concat({files: String}, '(?:$|\\\\n)')))
        OR (ToolCategory = 'code_execution' AND match(ToolArgumentsPreview, concat('(?:>|\\btee\\b|\\bsed\\s+-i|\\bmv\\b|\\bcp\\b|\\bln\\b|\\brm\\b|Set-Content|Out-File)[^|;&]{0,300}', {files: String})))
    )
GROUP BY SessionId
