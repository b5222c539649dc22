-- What a summary says beyond its text, and which state of the session it is of.
ALTER TABLE session_summaries
    ADD COLUMN IF NOT EXISTS session_version String COMMENT 'Hash over the spans that it was made from',
    ADD COLUMN IF NOT EXISTS revision UInt32 COMMENT 'How many versions of the session were summarised, this one included',
    ADD COLUMN IF NOT EXISTS asked String,
    ADD COLUMN IF NOT EXISTS outcome LowCardinality(String),
    ADD COLUMN IF NOT EXISTS files Array(String),
    ADD COLUMN IF NOT EXISTS systems Array(String),
    ADD COLUMN IF NOT EXISTS risk_claims String COMMENT 'JSON: kind, claim and evidence of each of the risks',
    ADD COLUMN IF NOT EXISTS confidence Float32,
    ADD COLUMN IF NOT EXISTS latency_ms UInt32,
    ADD COLUMN IF NOT EXISTS calls UInt32 COMMENT 'Requests to the provider that it took',
    ADD COLUMN IF NOT EXISTS fallback LowCardinality(String) COMMENT 'Why no model made it though one is configured: budget, session_budget, refused, unreadable; else empty';
