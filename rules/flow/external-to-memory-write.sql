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
        SELECT SessionId FROM otel_traces
        WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)} AND SessionId != ''
    ),
    -- One pass over the sessions that write memory at all: their writes, what they read from outside, what the user said.
    sessions AS
    (
        SELECT
            SessionId,
            groupArrayIf(
                (TraceId, SpanId, Timestamp, ToolName, MemoryStoreId, ArgRefs, ToolArgumentsLength = 0,
                    WriteProvenance = 'external' AND has(Dialects, 'tracectrl')),
                MemoryOperation = 'write'
            ) AS writes,
            groupArrayIf(
                (TraceId, SpanId, Timestamp, ToolName, UntrustedRefs, ToolResultLength = 0),
                MemoryOperation = '' AND ToolName != '' AND (ToolCategory IN ('external_api', 'email') OR InputSource = 'external')
            ) AS sources,
            groupUniqArrayArray(TrustedRefs) AS trusted,
            any(AgentId) AS agent
        FROM otel_traces FINAL
        WHERE IngestedAt < {to: DateTime64(6)} AND SessionId IN
        (
            SELECT SessionId FROM otel_traces
            WHERE SessionId IN touched AND MemoryOperation = 'write' AND IngestedAt < {to: DateTime64(6)}
        )
        GROUP BY SessionId
    ),
    writes AS
    (
        SELECT
            SessionId, agent, sources,
            write.1 AS trace_id, write.2 AS span_id, write.3 AS written_at, write.4 AS tool, write.5 AS store,
            arrayFilter(ref -> NOT has(trusted, ref), write.6) AS own,
            write.7 AS not_captured,
            write.8 AS declared
        FROM sessions
        ARRAY JOIN writes AS write
    ),
    flows AS
    (
        SELECT
            SessionId, agent, trace_id, span_id, written_at, tool, store, declared,
            length(arrayIntersect(own, source.5)) AS shared,
            -- Where no content was captured, order is all there is to go by; what the sender calls external needs no proof.
            source.2 != '' AND source.3 <= written_at
                AND (not_captured OR source.6 OR (shared > 0 AND shared >= {min_share: Float64} * length(own))) AS flowed,
            source.1 AS source_trace, source.2 AS source_span, source.3 AS source_at, source.4 AS source_tool
        FROM writes
        LEFT ARRAY JOIN sources AS source
        WHERE flowed OR declared
    )
SELECT
    SessionId AS entity,
    SessionId AS session_id,
    concat(
        if(any(agent) = '', 'An agent', concat('Agent `', any(agent), '`')), ' wrote to memory',
        if(any(store) = '', '', concat(' `', any(store), '`')), ' what ',
        if(anyIf(source_tool, flowed) = '', 'an outside source', concat('`', anyIf(source_tool, flowed), '`')), ' brought in from outside'
    ) AS title,
    toString(min(if(flowed, source_at, written_at))) AS starts_at,
    toString(max(written_at)) AS ends_at,
    arraySlice(arraySort(item -> (item.3, item.1, item.2), arrayDistinct(arrayConcat(
        groupArray(CAST((trace_id, span_id, concat('2 written to memory by ', tool)), 'Tuple(trace_id String, span_id String, note String)')),
        groupArrayIf(CAST((source_trace, source_span, concat('1 outside content read by ', source_tool)), 'Tuple(trace_id String, span_id String, note String)'), flowed)
    ))), 1, 20) AS evidence,
    max(shared) AS shared_tokens,
    arraySort(groupUniqArray(5)(store)) AS memory_store,
    any(agent) AS agent_id
FROM flows
GROUP BY SessionId
