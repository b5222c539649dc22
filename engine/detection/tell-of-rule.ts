import type { Clock } from '../core/clock.ts';
import type { Rule } from '../core/rule.ts';
import { type MetaRuleId, metaFinding, metaRule } from './meta-findings.ts';
import type { OrgPort } from './org-port.ts';

export interface RuleNews {
  readonly id: MetaRuleId;
  /** Names it apart from others of its kind about the same rule; the same is told once. */
  readonly occasion: string;
  readonly title: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Raises an alert about a rule. */
export async function tellOfRule(port: OrgPort, clock: Clock, rule: Rule, news: RuleNews): Promise<void> {
  const { id, occasion, title, values } = news;
  await port.applyFindings(metaRule(id), [
    metaFinding(id, { kind: 'rule', value: rule.id }, clock() * 1_000, occasion, title, values),
  ]);
}
