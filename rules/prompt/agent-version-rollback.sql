/*
name: An agent went back to an older version
description: >
  An agent runs a version lower than one it had already moved to, after the lower one had been gone, and no deployment
  says so. An older version brings back what the newer one fixed.
severity: medium
risk_score: 35
status: experimental
version: 1
schedule: "0 * * * * *"
entity: agent
params:
  gone_hours: 12
  coding_frameworks: [claude-code, cursor, codex, gemini-cli, copilot-cli]
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM03]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI04, ASI10]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Persistence, technique: [AML.T0081]}
runbook: |
  1. Compare `version` and `newer_version`; ask the agent's owner whether the rollback was meant.
  2. If not: what deploys this agent, and who could start an old image, tag or package?
  3. Look in the release notes for what the newer version fixed, above all in prompts, tools and permissions.
  4. If it was meant, record it (POST /api/v1/deployments) and close as benign.
false_positives:
  - Environments that run different versions under one agent id.
  - A rollback that nobody recorded.
  - Version numbers that do not grow. Versions that are not dotted numbers are left out, and so are AI coding tools,
    which differ from machine to machine.
required_fields: [AgentId, AgentVersion]
tags: [integrity, supply-chain]
*/
WITH
    returned AS
    (
        SELECT
            AgentId, AgentVersion, min(Timestamp) AS back_at,
            arrayMap(part -> toUInt64OrZero(part), splitByChar('.', trimLeft(toString(AgentVersion), 'v'))) AS parts,
            argMin(TraceId, (Timestamp, SpanId)) AS trace_id, argMin(SpanId, (Timestamp, SpanId)) AS span_id, argMin(SessionId, (Timestamp, SpanId)) AS session
        FROM otel_traces
        WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)}
            AND AgentId != '' AND AgentFramework NOT IN {coding_frameworks: Array(String)}
            AND match(AgentVersion, '^v?[0-9]{1,9}(\\.[0-9]{1,9}){1,3}$')
            AND AgentId IN (SELECT AgentId FROM agent_facts WHERE Fact = 'version' GROUP BY AgentId HAVING uniqExact(Name) > 1)
        GROUP BY AgentId, AgentVersion
    ),
    (SELECT count() > 0 FROM returned) AS any_returned,
    newer AS
    (
        SELECT returned.AgentId AS AgentId, returned.AgentVersion AS AgentVersion, any(returned.back_at) AS came_back,
            any(trace_id) AS trace_id, any(span_id) AS span_id, any(session) AS session,
            argMax(versions.Name, versions.parts) AS newer_version, max(versions.first_seen) AS moved_at
        FROM returned
        INNER JOIN
        (
            SELECT AgentId, Name, min(FirstSeen) AS first_seen,
                arrayMap(part -> toUInt64OrZero(part), splitByChar('.', trimLeft(Name, 'v'))) AS parts
            FROM agent_facts
            WHERE Fact = 'version' AND match(Name, '^v?[0-9]{1,9}(\\.[0-9]{1,9}){1,3}$')
            GROUP BY AgentId, Name
        ) AS versions ON versions.AgentId = returned.AgentId
        WHERE versions.parts > returned.parts AND versions.first_seen < returned.back_at - INTERVAL 1 HOUR
        GROUP BY returned.AgentId, returned.AgentVersion
    ),
    -- Of agents that were seen with several versions; while two run side by side, the lower one was there a short while ago.
    earlier AS
    (
        SELECT AgentId, AgentVersion, Timestamp FROM otel_traces
        WHERE Timestamp >= {from: DateTime64(6)} - INTERVAL 2 DAY AND IngestedAt < {to: DateTime64(6)}
            AND any_returned AND AgentId IN (SELECT AgentId FROM returned)
    ),
    gone AS
    (
        SELECT newer.AgentId AS AgentId, newer.AgentVersion AS AgentVersion, any(newer.came_back) AS came_back, any(newer.moved_at) AS moved_at,
            any(newer.trace_id) AS trace_id, any(newer.span_id) AS span_id, any(newer.session) AS session, any(newer.newer_version) AS newer_version
        FROM newer
        INNER JOIN earlier ON earlier.AgentId = newer.AgentId AND earlier.AgentVersion = newer.AgentVersion
        GROUP BY newer.AgentId, newer.AgentVersion
        HAVING countIf(earlier.Timestamp < newer.came_back AND earlier.Timestamp >= greatest(newer.came_back - toIntervalHour({gone_hours: UInt32}), newer.moved_at)) = 0
    )
SELECT
    gone.AgentId AS entity,
    gone.session AS session_id,
    concat(gone.AgentId, ' ', gone.AgentVersion) AS dedup_key,
    concat('Agent `', gone.AgentId, '` went back from ', gone.newer_version, ' to ', gone.AgentVersion) AS title,
    toString(gone.came_back) AS starts_at,
    starts_at AS ends_at,
    [CAST((gone.trace_id, gone.span_id, concat('runs version ', gone.AgentVersion)), 'Tuple(trace_id String, span_id String, note String)')] AS evidence,
    gone.AgentVersion AS version,
    gone.newer_version AS newer_version
FROM gone
LEFT JOIN (SELECT agent_id, groupArray(deployed_at) AS deployments FROM deployments FINAL GROUP BY agent_id) AS releases
    ON releases.agent_id = gone.AgentId
WHERE NOT arrayExists(at -> at > gone.moved_at AND at <= gone.came_back + INTERVAL 15 MINUTE, releases.deployments)
