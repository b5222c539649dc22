/*
title: Which sessions took in outside content and then acted?
description: >
  Sessions that took in content from outside and called an acting tool afterwards, the quickest first.
params:
  days: {default: 7, description: Days back}
*/
SELECT
    SessionId,
    minIf(Timestamp, InputSource = 'external') AS outside_at,
    groupUniqArrayIf(10)(ToolName, ToolDirection = 'output') AS acted_with,
    maxIf(Timestamp, ToolDirection = 'output') - outside_at AS seconds_later
FROM otel_traces FINAL
WHERE Timestamp > now() - INTERVAL {days: UInt16} DAY
GROUP BY SessionId
HAVING countIf(InputSource = 'external') > 0 AND seconds_later > 0
ORDER BY seconds_later
