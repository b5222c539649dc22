/*
name: What one agent stored from outside, another agent read as knowledge
description: >
  An agent wrote content from outside into a shared store, and another agent read it back: telling words of the entry
  stand in what the second one was given. Poison travels from agent to agent like this.
severity: high
risk_score: 56
status: test
version: 1
entity: session
trigger: MemoryOperation = 'read' AND notEmpty(UntrustedRefs)
params:
  days: 7
  min_shared: 3
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM04, LLM08]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI06, ASI07, ASI08]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Persistence, technique: [AML.T0070, AML.T0071, AML.T0080.000]}
runbook: |
  1. Open the evidence: the write (which session, what had it read before?) and the read.
  2. Is the entry true and meant for all? If not, delete it and everything derived from it.
  3. List the sessions that read the store since the write, and what they did with it.
  4. Let only reviewed content into stores that agents share.
false_positives:
  - Pipelines that collect outside knowledge for other agents on purpose.
required_fields: [MemoryOperation, WriteProvenance, ArgRefs, UntrustedRefs]
tags: [memory, multi-agent, provenance]
*/
WITH
    (SELECT count() > 0 FROM otel_traces WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND MemoryOperation = 'read' AND notEmpty(UntrustedRefs)) AS any_read,
    reads AS
    (
        SELECT SessionId, AgentId, TraceId, SpanId, Timestamp, ToolName, MemoryStoreId, UntrustedRefs
        FROM otel_traces
        WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND MemoryOperation = 'read' AND notEmpty(UntrustedRefs) AND AgentId != ''
    ),
    writes AS
    (
        SELECT SessionId, AgentId, TraceId, SpanId, Timestamp, ToolName, MemoryStoreId, ArgRefs
        FROM otel_traces
        WHERE any_read AND Timestamp >= {from: DateTime64(6)} - toIntervalDay({days: UInt32}) AND IngestedAt < {to: DateTime64(6)}
            AND MemoryOperation = 'write' AND WriteProvenance = 'external' AND notEmpty(ArgRefs) AND AgentId != ''
        LIMIT 20000
    ),
    flows AS
    (
        SELECT reads.*, writes.AgentId AS writer, writes.TraceId AS write_trace, writes.SpanId AS write_span, writes.ToolName AS write_tool,
            length(arrayIntersect(reads.UntrustedRefs, writes.ArgRefs)) AS shared
        FROM reads
        INNER JOIN writes ON reads.MemoryStoreId = writes.MemoryStoreId
        WHERE writes.AgentId != reads.AgentId AND writes.Timestamp < reads.Timestamp
            AND shared >= {min_shared: UInt32} AND shared * 2 >= length(writes.ArgRefs)
    )
SELECT
    SessionId AS entity,
    SessionId AS session_id,
    concat('Agent `', any(AgentId), '` read what agent `', any(writer), '` had stored from outside') AS title,
    toString(min(Timestamp)) AS starts_at,
    toString(max(Timestamp)) AS ends_at,
    arraySlice(arraySort(item -> (item.3, item.1, item.2), arrayDistinct(arrayFlatten(groupArray([
        CAST((write_trace, write_span, concat('1 stored from outside by ', writer)), 'Tuple(trace_id String, span_id String, note String)'),
        CAST((TraceId, SpanId, concat('2 read by ', AgentId)), 'Tuple(trace_id String, span_id String, note String)')
    ])))), 1, 20) AS evidence,
    any(AgentId) AS agent_id,
    any(writer) AS written_by,
    max(shared) AS shared_tokens
FROM flows
GROUP BY SessionId
