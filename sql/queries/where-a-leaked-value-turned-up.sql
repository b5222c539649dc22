/*
title: Where else did a leaked credential turn up?
description: >
  One line a leaked credential: its sessions, agents and the places it was found in, whatever it was encoded in.
*/
SELECT
    fingerprint, any(kind) AS kind, uniqExact(SessionId) AS sessions, groupUniqArray(10)(AgentId) AS agents,
    groupUniqArray(10)(path) AS places, min(Timestamp) AS first_seen, max(Timestamp) AS last_seen
FROM redaction_findings
WHERE class = 'secret'
GROUP BY fingerprint
ORDER BY sessions DESC, last_seen DESC
