/*
name: An agent opened a file that holds credentials
description: >
  An agent read a file that is known to hold credentials (cloud keys, SSH keys, tokens of package registries, .env
  files), with a file tool or with a command. Whether a credential came out of it is leaked-secret's question; that
  the agent went there is this rule's.
severity: medium
risk_score: 44
status: experimental
version: 1
entity: session
trigger: ToolCategory IN ('code_execution', 'file_system')
params:
  keys: '(?i:\.aws[/\\]+credentials|\.ssh[/\\]+id_[a-z0-9]{1,20}(?:["\x27\s;|&]|$)|\.netrc\b|\.pgpass\b|\.git-credentials\b|\.kube[/\\]+config\b|\.docker[/\\]+config\.json|application_default_credentials\.json|\.npmrc\b|\.pypirc\b|/etc/shadow\b|\.vault-token\b|\.azure[/\\]+(?:accessTokens|msal_token)|serviceaccount[/\\]+token\b|\.claude[/\\]+\.credentials\.json|\.codex[/\\]+auth\.json|[/\\]Login Data\b|login\.keychain)'
  environment: '(?:^|[/\\"\x27\s=])\.env(?:\.(?:local|prod|production|staging|dev|development|test))?(?:["\x27\s;|&)]|$)'
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM02, LLM06]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI02, ASI03]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Credential Access, technique: [AML.T0055, AML.T0083, AML.T0098]}
runbook: |
  1. Open the evidence: which file, and did the user's task need it?
  2. Did `leaked-secret` fire in the session? Then rotate what came out.
  3. What came right before the read: a page, a ticket or a README that asked for it?
  4. Take such paths away from the agent (permission rules, a sandbox) where its work does not need them.
false_positives:
  - Set-up and deployment work in which the user sends the agent to such a file, .env above all, which is why the rule
    only records.
required_fields: [ToolArgumentsPreview, ToolCategory]
tags: [secrets, coding-agents]
*/
WITH replaceRegexpAll(ToolArgumentsPreview, '-i\\s+[^\\s"]+', '') AS arguments
SELECT
    SessionId AS entity,
    SessionId AS session_id,
    concat(if(any(AgentId) = '', 'An agent', concat('Agent `', any(AgentId), '`')), ' opened a file that holds credentials') AS title,
    toString(min(Timestamp)) AS starts_at,
    toString(max(Timestamp)) AS ends_at,
    arraySlice(arraySort(item -> (item.3, item.1, item.2), groupUniqArray(CAST((TraceId, SpanId, concat(if(match(arguments, {keys: String}), 'key or token file', 'environment file'), if(StatusCode = 'Error', ', failed', ''), ': ', ToolName)), 'Tuple(trace_id String, span_id String, note String)'))), 1, 20) AS evidence,
    any(AgentId) AS agent_id,
    any(UserId) AS user_id
FROM otel_traces
WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)}
    AND
    (
        -- `ssh -i key` uses a key and shows it to nobody; it was taken out above.
        (ToolCategory = 'code_execution' AND (match(arguments, {keys: String})
            OR match(arguments, concat('\\b(?:cat|less|more|head|tail|grep|rg|awk|sed|cut|strings|base64|xxd|type|bat|Get-Content)\\b[^|;&]{0,200}', {environment: String}))))
        OR (ToolCategory = 'file_system' AND ToolDirection = 'input' AND (match(arguments, {keys: String}) OR match(arguments, {environment: String})))
    )
GROUP BY SessionId
