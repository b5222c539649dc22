/*
name: One session carries the ids of several organisations
description: >
  The spans of one session name two different organisations or tenants under the same key. Either a session was
  resumed under another tenant, or what belongs to one customer was worked on for another.
severity: high
risk_score: 66
status: stable
version: 1
entity: session
trigger: SpanAttributes['organization.id'] != '' OR SpanAttributes['tenant.id'] != '' OR ResourceAttributes['organization.id'] != '' OR ResourceAttributes['tenant.id'] != ''
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM02, LLM06]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI03, ASI07]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Initial Access, technique: [AML.T0012, AML.T0057]}
runbook: |
  1. Open the session and find where the id changes: at a new turn, at a hand-over to another agent, in a cache?
  2. Which data of the first organisation is in what the second one was shown? That is a disclosure: tell both data
     owners.
  3. Look for the cause: session ids that are not unique across tenants, memory or caches without the tenant in their
     key.
  4. Stop sharing sessions across tenants until it is mended.
false_positives:
  - Agents of the operator that work across tenants by design, and report each tenant's id as they go.
required_fields: [SpanAttributes]
tags: [identity, tenancy]
*/
SELECT
    SessionId AS entity,
    SessionId AS session_id,
    'One session carries the ids of several organisations' AS title,
    toString(min(Timestamp)) AS starts_at,
    toString(max(Timestamp)) AS ends_at,
    arraySlice(arraySort(item -> (item.3, item.1, item.2), groupArray(CAST((first_span.1, first_span.2, concat('works for ', org)), 'Tuple(trace_id String, span_id String, note String)'))), 1, 20) AS evidence,
    arraySort(groupUniqArray(10)(org)) AS organisations,
    any(agent) AS agent_id
FROM
(
    SELECT SessionId, place, org, min(Timestamp) AS Timestamp, argMin((TraceId, SpanId), (otel_traces.Timestamp, SpanId)) AS first_span, any(AgentId) AS agent
    FROM otel_traces
    ARRAY JOIN [SpanAttributes['organization.id'], SpanAttributes['tenant.id'], ResourceAttributes['organization.id'], ResourceAttributes['tenant.id']] AS org, [1, 2, 3, 4] AS place
    WHERE IngestedAt >= {from: DateTime64(6)} - INTERVAL 2 DAY AND IngestedAt < {to: DateTime64(6)} AND org != ''
        AND SessionId IN (SELECT SessionId FROM otel_traces WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND arrayExists(id -> id != '', [SpanAttributes['organization.id'], SpanAttributes['tenant.id'], ResourceAttributes['organization.id'], ResourceAttributes['tenant.id']]))
    GROUP BY SessionId, place, org
)
GROUP BY SessionId, place
HAVING count() > 1
