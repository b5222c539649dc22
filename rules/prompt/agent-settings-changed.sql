/*
name: An agent changed its own settings, hooks or MCP servers
description: >
  An agent wrote to a file that decides what AI coding tools may do and run: permission settings, hooks, MCP servers,
  git hooks, editor tasks. Such a change gives rights or runs commands without anybody being asked.
severity: high
risk_score: 62
status: test
version: 1
entity: session
params:
  files: '(?i:\.claude[/\\]+(?:settings(?:\.local)?\.json|hooks[/\\]+[^"\s]{1,200})|managed-settings\.json|\.claude\.json|\.mcp\.json|claude_desktop_config\.json|\.cursor[/\\]+(?:hooks\.json|mcp\.json|permissions\.json)|\.codex[/\\]+(?:config\.toml|hooks\.json)|\.gemini[/\\]+settings\.json|\.vscode[/\\]+(?:tasks|mcp)\.json|\.git[/\\]+hooks[/\\]+[^"\s]{1,200}|\.husky[/\\]+[^"\s]{1,200})'
  commands: '\bgit\s+config\b[^|;&]{0,80}core\.hooksPath\s+[^\s"|;&]|\bclaude\s+mcp\s+add|\bgemini\s+mcp\s+add|\bcodex\s+mcp\s+add'
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM06, LLM03]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI03, ASI05, ASI10]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Persistence, technique: [AML.T0081, AML.T0053]}
runbook: |
  1. Open the evidence and look at the file: new hooks, allowed commands, MCP servers, environment variables,
     `core.hooksPath`.
  2. Was the user asked, and did they want it? If not, revert the file before the next session starts: hooks run at
     once.
  3. Did the session read anything from outside before? Then look for other machines that read the same source.
  4. Check what ran since: child processes of the tool, connections to new MCP servers (`agent_facts`).
false_positives:
  - Users who ask their agent to set up a hook, a server or a permission.
required_fields: [ToolArgumentsPreview, ToolCategory]
tags: [persistence, coding-agents, agency]
*/
SELECT
    SessionId AS entity,
    SessionId AS session_id,
    concat(if(any(AgentId) = '', 'An agent', concat('Agent `', any(AgentId), '`')), ' changed settings, hooks or servers of an AI coding tool') AS title,
    toString(min(Timestamp)) AS starts_at,
    toString(max(Timestamp)) AS ends_at,
    arraySlice(arraySort(item -> (item.3, item.1, item.2), groupUniqArray(CAST((TraceId, SpanId, concat('changed by ', ToolName)), 'Tuple(trace_id String, span_id String, note String)'))), 1, 20) AS evidence,
    any(AgentId) AS agent_id,
    any(UserId) AS user_id
FROM otel_traces
WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)}
    AND ToolDirection = 'output' AND StatusCode != 'Error'
    AND
    (
        (ToolCategory = 'file_system' AND match(extract(ToolArgumentsPreview, '(?:"(?:file_path|path|target_file|filePath|filename|file|notebook_path)"\\s*:\\s*"|\\*\\*\\* (?:Add|Update|Delete) File: )([^"\\n]{1,1000})'), concat({files: String}, '(?:$|\\\\n)')))
        OR (ToolCategory = 'code_execution' AND (match(ToolArgumentsPreview, concat('(?:>|\\btee\\b|\\bsed\\s+-i|\\bmv\\b|\\bcp\\b|\\bln\\b|\\brm\\b|Set-Content|Out-File)[^|;&]{0,300}', {files: String})) OR match(ToolArgumentsPreview, {commands: String})))
    )
GROUP BY SessionId
