import { z } from 'zod';
import type { Store } from '../../../engine/clickhouse/store.ts';
import { findAlertTriage } from '../../../engine/clickhouse/tables/alert-triage.ts';
import { rfc3339 } from '../../../engine/core/timestamp.ts';
import { VERDICTS } from '../../../engine/core/triage.ts';
import { makingSchema } from './making-schema.ts';

/** A first look at an alert and what made that. */
export const triageSchema = z.object({
  verdict: z.enum(VERDICTS),
  rank: z.number().describe('Place in the queue, 3 first: never lower than what the facts alone say'),
  reasoning: z.string().describe("'' of a model's for those who may not read content"),
  questions: z.array(z.string()),
  evidence: z.array(z.object({ trace_id: z.string(), span_id: z.string() })),
  confidence: z.number(),
  revision: z.number(),
  ...makingSchema.shape,
});

export type ShownTriage = z.output<typeof triageSchema>;

/** Null until it is made. What was put together without a model holds no words of the session. */
export async function readTriage(
  store: Store,
  database: string,
  alertId: string,
  mayReadContent: () => Promise<boolean>,
): Promise<ShownTriage | null> {
  const found = await findAlertTriage(store, database, alertId);
  if (found === undefined) return null;
  const shown = { ...found, made_at: rfc3339(found.made_at) };
  if (found.provider === 'extractive' || (await mayReadContent())) return shown;
  return { ...shown, reasoning: '', questions: [] };
}
