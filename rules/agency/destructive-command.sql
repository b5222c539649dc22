/*
name: An agent ran a destructive command
description: >
  A command that destroys beyond its workspace: deletes a root or home folder, formats a disk, drops a database, tears
  down cloud resources without asking, rewrites the history of a main branch.
severity: high
risk_score: 72
status: stable
version: 1
entity: session
params:
  wipes: '\brm\s+(?:-{1,2}[\w=-]+\s+)*-{1,2}(?:[a-zA-Z]*[rR][a-zA-Z]*|recursive)\s+(?:-{1,2}[\w=-]+\s+)*["\x27\\]*(?:/|~|\$\{?HOME\}?|/(?:etc|usr|var|home|boot|bin|lib|opt|srv|root|Users|Library)|/(?:home|Users)/[\w.-]{1,64})/?\*?["\x27\\]*(?:\s|$|[;&|"])|(?i:Remove-Item\b[^;|]{0,80}-Recurse[^;|]{0,80}\s["\x27\\]*[A-Z]:[/\\]+(?:Users|Windows)?[/\\]*["\x27\\]*(?:\s|$|[;|"]))'
  disks: '\bmkfs(?:\.\w{1,8})?\s|\bdd\b[^;|&]{0,200}\bof=/dev/(?:sd|nvme|hd|disk|vd|xvd|mmcblk)|>\s?/dev/(?:sd|nvme|disk)|\bwipefs\b|(?i:\bvssadmin\s+delete\s+shadows)'
  forks: ':\(\)\s?\{\s?:\|:'
  clouds: '\b(?:terraform|tofu)\b[^;|&]{0,120}\bdestroy\b[^;|&]{0,120}-auto-approve|\bpulumi\s+destroy\b[^;|&]{0,80}(?:-y\b|--yes)|\bkubectl\b[^;|&]{0,80}\bdelete\s+(?:ns|namespaces?)\s|\bkubectl\b[^;|&]{0,80}\bdelete\b[^;|&]{0,80}--all\b|\baws\s+s3\s+rb\b[^;|&]{0,120}--force|\baws\s+s3\s+rm\s+s3://[\w.-]{1,63}/?\s[^;|&]{0,80}--recursive|\baws\s+rds\s+delete-db-(?:instance|cluster)\b[^;|&]{0,200}--skip-final-snapshot|\bgcloud\s+projects\s+delete\b|\baz\s+group\s+delete\b'
  databases: '(?i:\bDROP\s+(?:DATABASE|SCHEMA)\b)'
  histories: '\bgit\s+push\b[^;|&]{0,120}(?:\s--force\b(?:[^-]|$)|\s-f\b)[^;|&]{0,80}\b(?:main|master|production|release)\b|\bgit\s+push\b[^;|&]{0,80}\b(?:main|master|production|release)\s[^;|&]{0,80}(?:--force\b(?:[^-]|$)|-f\b)|\bgit\s+push\b[^;|&]{0,80}\s\+(?:main|master|production|release)\b'
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM06, LLM05]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI02, ASI05]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Impact, technique: [AML.T0101, AML.T0053, AML.T0050]}
runbook: |
  1. Open the evidence: did the command run (`StatusCode`, the result), and on which machine?
  2. Stop the agent. Restore from backup, snapshot or reflog before anything else writes there.
  3. Who asked for it: the user, or a text that the session had read before?
  4. Take the right away from the agent (a sandbox, a role without delete, protected branches).
false_positives:
  - Disposable machines and test databases that are torn down on purpose.
  - Commands that only print or search for such text.
required_fields: [ToolArgumentsPreview, ToolCategory]
tags: [agency, destruction]
*/
WITH multiIf(
        match(ToolArgumentsPreview, {wipes: String}), 'recursive delete of a root, home or system folder',
        match(ToolArgumentsPreview, {disks: String}), 'overwrites or formats a disk',
        match(ToolArgumentsPreview, {forks: String}), 'fork bomb',
        match(ToolArgumentsPreview, {clouds: String}), 'destroys cloud resources without asking',
        match(ToolArgumentsPreview, {databases: String}), 'drops a database or schema',
        match(ToolArgumentsPreview, {histories: String}), 'overwrites the history of a main branch',
        '') AS harm
SELECT
    SessionId AS entity,
    SessionId AS session_id,
    concat(if(any(AgentId) = '', 'An agent', concat('Agent `', any(AgentId), '`')), if(countIf(StatusCode != 'Error') = 0, ' tried', ' ran'), ' a command that ', argMin(replaceOne(replaceOne(harm, 'recursive delete of', 'deletes'), 'fork bomb', 'is a fork bomb'), (Timestamp, SpanId))) AS title,
    toString(min(Timestamp)) AS starts_at,
    toString(max(Timestamp)) AS ends_at,
    arraySlice(arraySort(item -> (item.3, item.1, item.2), groupUniqArray(CAST((TraceId, SpanId, concat(harm, if(StatusCode = 'Error', ', failed', ''))), 'Tuple(trace_id String, span_id String, note String)'))), 1, 20) AS evidence,
    any(AgentId) AS agent_id,
    any(UserId) AS user_id
FROM otel_traces
WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)}
    AND (ToolCategory = 'code_execution' OR (ToolCategory != '' AND match(ToolName, '(?i:sql|query|database)')))
    AND harm != ''
GROUP BY SessionId
