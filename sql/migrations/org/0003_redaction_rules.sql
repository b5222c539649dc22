-- Which rule named each value that was replaced; '' for spans of before.

ALTER TABLE otel_traces
    ADD COLUMN IF NOT EXISTS `Redactions.Rule` Array(LowCardinality(String)) AFTER `Redactions.Kind`;
