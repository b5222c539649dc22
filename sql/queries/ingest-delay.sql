/*
title: How late do spans come in?
description: >
  Minutes between the end of a span and its arrival, by service. Large delays mean offline clients or wrong clocks.
params:
  days: {default: 1, description: Days back}
*/
SELECT
    ServiceName, count() AS spans, quantile(0.5)(delay) AS median_s, quantile(0.95)(delay) AS p95_s, max(delay) AS longest_s, countIf(delay < -60) AS from_the_future
FROM
(
    SELECT ServiceName, dateDiff('second', Timestamp, IngestedAt) - Duration / 1e9 AS delay
    FROM otel_traces FINAL
    WHERE IngestedAt > now() - INTERVAL {days: UInt16} DAY
)
GROUP BY ServiceName
ORDER BY p95_s DESC
