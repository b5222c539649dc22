import { z } from 'zod';
import type { Store } from '../../../engine/clickhouse/store.ts';
import { rfc3339 } from '../../../engine/core/timestamp.ts';

/** A system prompt that an agent ran with, known by its hash. Times are RFC 3339 UTC. */
export const promptVersionSchema = z.object({
  version: z.string(),
  prompt_hash: z.string(),
  /** The hash with dates, ids and counters left out: equal for two prompts that differ in those alone. */
  stable_hash: z.string(),
  first_seen: z.string(),
  last_seen: z.string(),
});

/** The newest 200, the newest first. */
export async function readPrompts(
  store: Store,
  database: string,
  agent: string,
): Promise<z.output<typeof promptVersionSchema>[]> {
  const rows = await store.query(
    `SELECT AgentVersion AS version, PromptHash AS prompt_hash, PromptHashStable AS stable_hash,
       min(FirstSeen) AS first_seen, max(LastSeen) AS last_seen
     FROM agent_prompts WHERE AgentId = {agent: String}
     GROUP BY version, prompt_hash, stable_hash ORDER BY first_seen DESC LIMIT 200`,
    { agent },
    { database },
  );
  return rows.map((row) => {
    const found = promptVersionSchema.parse(row);
    return { ...found, first_seen: rfc3339(found.first_seen), last_seen: rfc3339(found.last_seen) };
  });
}
