import type { Store } from './clickhouse/store.ts';
import { listExceptions } from './clickhouse/tables/exceptions.ts';
import { listFindings } from './clickhouse/tables/findings.ts';
import { addRisk } from './clickhouse/tables/risk-contributions.ts';
import { insertSuppressedFindings } from './clickhouse/tables/suppressed-findings.ts';
import type { Clock } from './core/clock.ts';
import type { Exception } from './core/exception.ts';
import type { Finding } from './core/finding.ts';
import type { Rule } from './core/rule.ts';
import { timestampText } from './core/timestamp.ts';
import { metaFinding, metaRule } from './detection/meta-findings.ts';
import { type SuppressedFinding, suppressFindings } from './detection/suppress-findings.ts';

/** How long the list of exceptions is believed, milliseconds. */
const EXCEPTIONS_FRESH_MS = 2_000;
/** Findings of a rule that suppression by group looks back at. */
const MOST_EARLIER = 10_000;

/** An entity that this much risk from this many rules adds up to within a day is told by itself. */
const RISK = { windowMs: 24 * 3_600_000, threshold: 250, rules: 3 } as const;

export interface RaiseFindingsOptions {
  readonly store: Store;
  readonly database: string;
  readonly clock: Clock;
  /** Stores findings and makes alerts of them. */
  readonly alert: (rule: Rule, findings: readonly Finding[]) => Promise<unknown>;
  /** Tells findings that are none of the org's traffic, and hears of them. */
  readonly divert?: (finding: Finding) => boolean;
}

/**
 * What becomes of a rule's findings: some are covered by an exception or suppressed by group and only kept for the record, the others
 * are stored, become alerts and add to the risk of whom they are about. Safe to repeat, as is each step.
 */
export function createRaiseFindings({ store, database, clock, alert, divert = () => false }: RaiseFindingsOptions) {
  let exceptions: { readonly list: readonly Exception[]; readonly readAt: number } | undefined;

  async function currentExceptions(): Promise<readonly Exception[]> {
    if (exceptions === undefined || Math.abs(clock() - exceptions.readAt) > EXCEPTIONS_FRESH_MS) {
      exceptions = { readAt: clock(), list: await listExceptions(store, database) };
    }
    return exceptions.list;
  }

  async function earlierFindings({ id, metadata }: Rule) {
    if (metadata.alert_suppression === undefined) return [];
    const from = timestampText((clock() - metadata.alert_suppression.seconds * 1_000) * 1_000);
    return listFindings(store, database, { ruleId: id, from, limit: MOST_EARLIER });
  }

  async function addUp(findings: readonly Finding[]): Promise<void> {
    const sums = await addRisk(store, database, findings, { now: clock(), since: clock() - RISK.windowMs });
    const rule = metaRule('risk-added-up');
    for (const { kind, value, score, rules, findings: ids } of sums) {
      if (score < RISK.threshold || rules.length < RISK.rules) continue;
      const title = `Findings of ${rules.length} rules about one ${kind} add up to a risk of ${score} within a day`;
      const values = { risk: String(score), threshold: String(RISK.threshold), rules: rules.join(', ') };
      await alert(rule, [metaFinding('risk-added-up', { kind, value }, clock() * 1_000, ids.join(' '), title, values)]);
    }
  }

  return async (rule: Rule, findings: readonly Finding[]): Promise<void> => {
    if (findings.length === 0) return;
    const diverted: SuppressedFinding[] = [];
    const own: Finding[] = [];
    for (const finding of findings) {
      if (divert(finding)) diverted.push({ finding, cause: 'canary', exceptionId: '' });
      else own.push(finding);
    }
    const sifted = suppressFindings(rule, own, await currentExceptions(), await earlierFindings(rule), clock());
    await insertSuppressedFindings(store, database, [...diverted, ...sifted.suppressed], clock());
    if (sifted.kept.length === 0) return;
    await alert(rule, sifted.kept);
    if (rule.metadata.status !== 'experimental' && rule.metadata.entity !== 'rule') await addUp(sifted.kept);
  };
}
