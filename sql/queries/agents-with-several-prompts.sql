/*
title: Which agents run with more than one system prompt, and since when?
description: >
  Agents seen with prompts that differ in more than dates and ids, with the times of each.
*/
SELECT AgentId, AgentVersion, PromptHash, min(FirstSeen) AS first_seen, max(LastSeen) AS last_seen
FROM agent_prompts
WHERE AgentId IN (SELECT AgentId FROM agent_prompts GROUP BY AgentId HAVING uniqExact(PromptHashStable) > 1)
GROUP BY AgentId, AgentVersion, PromptHash
ORDER BY AgentId, first_seen
