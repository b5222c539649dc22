import { type Exception, exceptionFor, fieldOf } from '../core/exception.ts';
import { type Finding, hash } from '../core/finding.ts';
import type { Rule } from '../core/rule.ts';

/** Why a finding raises nothing. */
export interface SuppressedFinding {
  readonly finding: Finding;
  readonly cause: 'exception' | 'suppression' | 'canary';
  /** '' unless the cause is an exception. */
  readonly exceptionId: string;
}

export interface Sifted {
  readonly kept: Finding[];
  readonly suppressed: SuppressedFinding[];
}

/** A finding that was kept before, as far as suppression by group looks back. */
export type EarlierFinding = Pick<
  Finding,
  'id' | 'match' | 'rule_id' | 'entity' | 'session_id' | 'dedup_key' | 'title' | 'values'
>;

/**
 * Parts what a rule found into what raises alerts and what is only kept for the record. `earlier` holds the rule's findings of the
 * suppression's duration. Doing it again with what it kept before keeps the same: a finding does not suppress itself.
 */
export function suppressFindings(
  rule: Rule,
  findings: readonly Finding[],
  exceptions: readonly Exception[],
  earlier: readonly EarlierFinding[],
  now: number,
): Sifted {
  const kept: Finding[] = [];
  const suppressed: SuppressedFinding[] = [];
  const groupBy = rule.metadata.alert_suppression?.group_by;
  const firstOf = new Map<string, string>();
  const groupOf = (finding: EarlierFinding) =>
    hash('suppression', ...groupBy!.map((field) => fieldOf(finding as Finding, field) ?? ''));
  if (groupBy) for (const finding of earlier) firstOf.set(groupOf(finding), `${finding.id}${finding.match}`);
  const before = new Set(earlier.map((finding) => `${finding.id}${finding.match}`));
  for (const finding of findings) {
    const exception = exceptionFor(finding, exceptions, now);
    const key = `${finding.id}${finding.match}`;
    if (exception) suppressed.push({ finding, cause: 'exception', exceptionId: exception.id });
    else if (groupBy && firstOf.has(groupOf(finding)) && !before.has(key)) {
      suppressed.push({ finding, cause: 'suppression', exceptionId: '' });
    } else {
      kept.push(finding);
      if (groupBy) {
        firstOf.set(groupOf(finding), key);
        before.add(key);
      }
    }
  }
  return { kept, suppressed };
}
