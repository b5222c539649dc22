import { createHash } from 'node:crypto';
import { z } from 'zod';

/** A span that a finding rests on, and what it shows. */
export const evidenceSchema = z.strictObject({ trace_id: z.string(), span_id: z.string(), note: z.string() });
export type Evidence = z.infer<typeof evidenceSchema>;

/** ClickHouse DateTime64 text, UTC: `2026-11-20 10:00:00.123456`. Sorts as it reads. */
const timestampText = z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,9})?$/);

/**
 * The row shape that every SQL rule returns, and what a detector's drafts become. Any other column lands in `values`: the
 * figures that the alert shows against their thresholds.
 */
export const findingRowSchema = z.looseObject({
  /** Value of the entity that the rule's metadata names, e.g. the agent's id. */
  entity: z.string().min(1),
  session_id: z.string().default(''),
  /** Parts one entity's findings into separate alerts; the session when left out, else the whole entity. */
  dedup_key: z.string().optional(),
  /** The claim in one sentence, made from the values. */
  title: z.string().min(1),
  starts_at: timestampText,
  ends_at: timestampText,
  evidence: z.array(evidenceSchema).min(1),
});

export type FindingDraft = z.infer<typeof findingRowSchema>;

export interface Finding {
  id: string;
  rule_id: string;
  rule_version: number;
  entity: { kind: string; value: string };
  session_id: string;
  dedup_key: string;
  title: string;
  severity: string;
  risk_score: number;
  starts_at: string;
  ends_at: string;
  evidence: Evidence[];
  values: Record<string, string>;
  /** Hash of the evidence: the same spans found again are the same match. */
  match: string;
  /** The window was evaluated late, to fill a gap; such alerts do not page by default. */
  filled_in: boolean;
}

/** What of a rule its findings carry. */
export interface FindingRule {
  readonly id: string;
  readonly metadata: Readonly<{ entity: string; version: number; severity: string; risk_score: number }>;
}

const FIXED = new Set(Object.keys(findingRowSchema.shape));

/**
 * A draft becomes a finding. Its id depends on rule, entity and dedup key alone, so that replaying a window or running two
 * engines over it makes the same finding again, never another.
 */
export function toFinding(rule: FindingRule, draft: FindingDraft, filledIn: boolean): Finding {
  const dedupKey = draft.dedup_key ?? draft.session_id;
  const evidence = [...draft.evidence].sort((a, b) => compare(a.trace_id, b.trace_id) || compare(a.span_id, b.span_id));
  return {
    id: hash('finding', rule.id, rule.metadata.entity, draft.entity, dedupKey),
    rule_id: rule.id,
    rule_version: rule.metadata.version,
    entity: { kind: rule.metadata.entity, value: draft.entity },
    session_id: draft.session_id,
    dedup_key: dedupKey,
    title: draft.title,
    severity: rule.metadata.severity,
    risk_score: rule.metadata.risk_score,
    starts_at: draft.starts_at,
    ends_at: draft.ends_at,
    evidence,
    values: Object.fromEntries(
      Object.entries(draft)
        .filter(([name]) => !FIXED.has(name))
        .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
    ),
    match: hash('match', ...evidence.flatMap((item) => [item.trace_id, item.span_id])),
    filled_in: filledIn,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** 128 bits of SHA-256 over the parts, unambiguous whatever the parts hold. */
export function hash(...parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
