-- Every value that redaction replaced: where, of what kind, and its fingerprint, never the value. Of log records that became a
-- span the span's are here; of the others SpanId is the record's own id where it names no span.
CREATE OR REPLACE VIEW redaction_findings AS
SELECT
    class,
    kind,
    rule,
    fingerprint,
    path,
    start,
    TraceId,
    SpanId,
    SessionId,
    AgentId,
    AgentName,
    ToolName,
    Timestamp,
    IngestedAt
FROM otel_traces FINAL
ARRAY JOIN
    Redactions.Class AS class,
    Redactions.Kind AS kind,
    Redactions.Rule AS rule,
    Redactions.Fingerprint AS fingerprint,
    Redactions.Path AS path,
    Redactions.Start AS start
UNION ALL
SELECT
    class,
    kind,
    rule,
    fingerprint,
    path,
    start,
    TraceId,
    if(SpanId = '', LogId, SpanId) AS SpanId,
    SessionId,
    AgentId,
    AgentName,
    ToolName,
    Timestamp,
    IngestedAt
FROM otel_logs FINAL
ARRAY JOIN
    Redactions.Class AS class,
    Redactions.Kind AS kind,
    Redactions.Rule AS rule,
    Redactions.Fingerprint AS fingerprint,
    Redactions.Path AS path,
    Redactions.Start AS start
WHERE EventSpanId = '';
