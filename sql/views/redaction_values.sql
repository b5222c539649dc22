-- Each value that redaction replaced, once: since when, how often and in how many sessions it was seen.
CREATE OR REPLACE VIEW redaction_values AS
SELECT
    class,
    kind,
    fingerprint,
    min(Timestamp) AS first_seen,
    max(Timestamp) AS last_seen,
    count() AS times,
    uniqExact(SessionId) AS sessions,
    arraySort(groupUniqArray(10)(rule)) AS rules
FROM redaction_findings
WHERE fingerprint != ''
GROUP BY class, kind, fingerprint;
