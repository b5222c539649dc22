/*
title: What did the rules find that nobody was told of?
description: >
  Findings without an alert: rules that are experimental or in test make findings only.
*/
SELECT rule_id, severity, title, session_id, found_at, length(evidence) AS spans
FROM findings FINAL
WHERE (rule_id, session_id) NOT IN (SELECT rule_id, session_id FROM alerts)
ORDER BY found_at DESC
