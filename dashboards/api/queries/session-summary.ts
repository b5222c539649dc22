import { z } from 'zod';
import type { Store } from '../../../engine/clickhouse/store.ts';
import { findSessionSummary } from '../../../engine/clickhouse/tables/session-summaries.ts';
import { RISK_KINDS, SESSION_OUTCOMES, WORK_CLASSES } from '../../../engine/core/session-summary.ts';
import { rfc3339 } from '../../../engine/core/timestamp.ts';
import { makingSchema } from './making-schema.ts';

const span = z.object({ trace_id: z.string(), span_id: z.string() });

/** What a session was about and what made that. Texts are '' for those who may not read content. */
export const sessionSummarySchema = z.object({
  title: z.string(),
  asked: z.string(),
  summary: z.string(),
  outcome: z.enum(SESSION_OUTCOMES),
  work_class: z.enum(WORK_CLASSES),
  files: z.array(z.string()),
  systems: z.array(z.string()),
  risks: z.array(z.object({ kind: z.enum(RISK_KINDS), claim: z.string(), evidence: z.array(span) })),
  confidence: z.number(),
  revision: z.number().describe('How many versions of the session were summarised, this one included'),
  ...makingSchema.shape,
});

export type ShownSummary = z.output<typeof sessionSummarySchema>;

/** Null until it is made. */
export async function readSessionSummary(
  store: Store,
  database: string,
  id: string,
  mayReadContent: boolean,
): Promise<ShownSummary | null> {
  const found = await findSessionSummary(store, database, id);
  if (found === undefined) return null;
  const shown = { ...found, made_at: rfc3339(found.made_at), risks: found.risks.map(mutable) };
  if (mayReadContent) return { ...shown, files: [...found.files], systems: [...found.systems] };
  const risks = shown.risks.map((risk) => ({ ...risk, claim: '' }));
  return { ...shown, title: '', asked: '', summary: '', files: [], systems: [], risks };
}

function mutable<Risk extends { readonly evidence: readonly z.output<typeof span>[] }>(risk: Risk) {
  return { ...risk, evidence: [...risk.evidence] };
}
