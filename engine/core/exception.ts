import { z } from 'zod';
import type { Finding } from './finding.ts';
import { timeSchema } from './time-schema.ts';

/**
 * One condition on a finding. `field` is entity, session_id, title, dedup_key or the name of one of the finding's values. Texts are
 * compared as they are; there are no patterns that could run long.
 */
export const matcherSchema = z.strictObject({
  field: z.string().min(1).max(100),
  op: z.enum(['equals', 'starts_with', 'ends_with', 'contains']).default('equals'),
  value: z.string().min(1).max(1_000),
});

export const exceptionInputSchema = z.strictObject({
  /** Every rule when left out. */
  rule_id: z.string().max(200).default(''),
  matchers: z.array(matcherSchema).min(1).max(20),
  owner: z.string().min(1).max(200),
  reason: z.string().min(10).max(2_000),
  expires_at: timeSchema,
});

export type Matcher = z.infer<typeof matcherSchema>;

/** Findings that are known and accepted, by whom, why and until when. Times are RFC 3339 UTC. */
export interface Exception {
  readonly id: string;
  readonly rule_id: string;
  readonly matchers: readonly Matcher[];
  readonly owner: string;
  readonly reason: string;
  readonly created_at: string;
  readonly created_by: string;
  readonly expires_at: string;
}

/** The first exception that covers the finding at `now` (milliseconds since 1970). */
export function exceptionFor(finding: Finding, exceptions: readonly Exception[], now: number): Exception | undefined {
  return exceptions.find(
    (exception) =>
      (exception.rule_id === '' || exception.rule_id === finding.rule_id) &&
      Date.parse(exception.expires_at) > now &&
      exception.matchers.every((matcher) => holds(matcher, fieldOf(finding, matcher.field))),
  );
}

/** What a finding says in a field; undefined when it has none of that name. */
export function fieldOf(finding: Finding, field: string): string | undefined {
  if (field === 'entity') return finding.entity.value;
  if (field === 'session_id' || field === 'title' || field === 'dedup_key') return finding[field];
  return Object.hasOwn(finding.values, field) ? finding.values[field] : undefined;
}

function holds({ op, value }: Matcher, text: string | undefined): boolean {
  if (text === undefined) return false;
  if (op === 'equals') return text === value;
  if (op === 'starts_with') return text.startsWith(value);
  return op === 'ends_with' ? text.endsWith(value) : text.includes(value);
}
