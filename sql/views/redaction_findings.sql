-- Every value that redaction replaced: where, of what kind, and its fingerprint, never the value.
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
    Redactions.Start AS start;
