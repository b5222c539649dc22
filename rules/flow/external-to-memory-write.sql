/*
name: Outside content was written to an agent's memory
description: >
  An agent stored in its memory what a web page, an e-mail or another outside source said, and not what its user said.
  Whatever reads that memory later will take it for the agent's own knowledge.
severity: high
risk_score: 60
status: stable
version: 1
entity: session
params:
  # Share of the telling tokens of a memory write, the user's left out, that must come from one outside source.
  min_share: 0.3
threat:
  - {framework: OWASP LLM, version: "2025", technique: [LLM04, LLM08]}
  - {framework: OWASP Agentic, version: "2026", technique: [ASI06]}
  - {framework: MITRE ATLAS, version: "5.6.0", tactic: Persistence, technique: [AML.T0080.000, AML.T0070, AML.T0071]}
runbook: |
  1. Open the evidence: first the outside read, then the memory write it flowed into. `shared_tokens` says how many words,
     names, addresses or numbers they share that the user never wrote.
  2. Read the entry in the memory store (`memory_store`) and decide whether it is knowledge or an instruction.
  3. Delete or quarantine it, and list the sessions that read this store since `ends_at`.
  4. If agents may learn from outside on purpose, require a review step before the write.
false_positives:
  - Agents whose task is to collect outside knowledge, such as a crawler that fills a shared index.
required_fields: [MemoryOperation, ToolCategory]
tags: [memory, provenance]
*/
WITH
    touched AS
    (
        SELECT DISTINCT SessionId FROM otel_traces
        WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND SessionId != ''
    ),
    sessions AS
    (
        SELECT DISTINCT SessionId FROM otel_traces
        WHERE SessionId IN touched AND MemoryOperation = 'write' AND IngestedAt < {to: DateTime64(6)}
    ),
    spans AS
    (
        SELECT
            SessionId, TraceId, SpanId, Timestamp, AgentId, ToolName, MemoryOperation, MemoryStoreId, WriteProvenance,
            Dialects, ArgRefs, UntrustedRefs, TrustedRefs, ToolArgumentsLength, ToolResultLength,
            MemoryOperation = 'write' AS is_write,
            MemoryOperation = '' AND (ToolCategory IN ('external_api', 'email') OR InputSource = 'external')
                AND ToolName != '' AS is_outside
        FROM otel_traces FINAL
        WHERE SessionId IN sessions AND IngestedAt < {to: DateTime64(6)}
    ),
    trusted AS
    (
        SELECT SessionId, groupUniqArrayArray(TrustedRefs) AS refs FROM spans GROUP BY SessionId
    ),
    flows AS
    (
        SELECT
            writes.SessionId AS SessionId,
            writes.AgentId AS AgentId,
            writes.MemoryStoreId AS MemoryStoreId,
            writes.TraceId AS TraceId,
            writes.SpanId AS SpanId,
            writes.Timestamp AS Timestamp,
            writes.ToolName AS ToolName,
            outside.TraceId AS source_trace,
            outside.SpanId AS source_span,
            outside.ToolName AS source_tool,
            outside.Timestamp AS source_at,
            arrayFilter(ref -> NOT has(trusted.refs, ref), writes.ArgRefs) AS own,
            length(arrayIntersect(own, outside.UntrustedRefs)) AS shared
        FROM (SELECT * FROM spans WHERE is_write) AS writes
        INNER JOIN (SELECT * FROM spans WHERE is_outside) AS outside ON writes.SessionId = outside.SessionId
        INNER JOIN trusted ON trusted.SessionId = writes.SessionId
        WHERE outside.Timestamp < writes.Timestamp
            -- Where no content was captured, order is all there is to go by.
            AND (
                (shared > 0 AND shared >= {min_share: Float64} * length(own))
                OR writes.ToolArgumentsLength = 0 OR outside.ToolResultLength = 0
            )
    ),
    -- What the sender itself calls external needs no further proof.
    declared AS
    (
        SELECT
            SessionId, AgentId, MemoryStoreId, TraceId, SpanId, Timestamp, ToolName,
            TraceId AS source_trace, SpanId AS source_span, '' AS source_tool, Timestamp AS source_at,
            ArgRefs AS own, toUInt64(0) AS shared
        FROM spans
        WHERE is_write AND WriteProvenance = 'external' AND has(Dialects, 'tracectrl')
    )
SELECT
    SessionId AS entity,
    SessionId AS session_id,
    concat(
        if(any(AgentId) = '', 'An agent', concat('Agent `', any(AgentId), '`')), ' wrote to memory',
        if(any(MemoryStoreId) = '', '', concat(' `', any(MemoryStoreId), '`')), ' what ',
        if(any(source_tool) = '', 'an outside source', concat('`', any(source_tool), '`')), ' brought in from outside'
    ) AS title,
    toString(min(source_at)) AS starts_at,
    toString(max(Timestamp)) AS ends_at,
    arraySlice(arraySort(item -> (item.3, item.1, item.2), arrayDistinct(arrayFlatten(groupArray([
        CAST((source_trace, source_span, concat('1 outside content read by ', source_tool)), 'Tuple(trace_id String, span_id String, note String)'),
        CAST((TraceId, SpanId, concat('2 written to memory by ', ToolName)), 'Tuple(trace_id String, span_id String, note String)')
    ])))), 1, 20) AS evidence,
    max(shared) AS shared_tokens,
    arraySort(groupUniqArray(5)(MemoryStoreId)) AS memory_store,
    any(AgentId) AS agent_id
FROM (SELECT * FROM flows UNION ALL SELECT * FROM declared)
GROUP BY SessionId
