import { type Finding, hash } from '../core/finding.ts';
import { type Rule, type RuleMetadataInput, ruleMetadataSchema } from '../core/rule.ts';
import { severityOf } from '../core/severity.ts';
import { timestampText } from '../core/timestamp.ts';

/** Built-in rules over the rules themselves: the engine raises them where it notices. They have no file and no query. */
const META_RULES = {
  'rule-parked': {
    name: 'A rule fails again and again',
    description:
      'A rule failed so often in a row that it is parked and tried once an hour. What it looks for goes unseen.',
    risk_score: 60,
    runbook: `1. GET /api/v1/rules/<id>/runs shows the error of each run; values.error has the latest.
2. A column or table that does not exist: mend the query. A limit of time or memory: narrow it, see docs/rules.md.
3. A rule file that changes is tried again at once. The windows that were missed are then filled in.`,
    false_positives: ['The store was overloaded for long; then many rules fail at once.'],
  },
  'rule-truncated': {
    name: 'A rule found more than it may',
    description: 'One evaluation of a rule found more than its max_signals. The rest was counted and not stored.',
    risk_score: 35,
    runbook: `1. values.hits says how many it found, values.kept how many became findings.
2. Is it an attack? Then the first findings show its kind; hunt for the rest with the rule's query over that window.
3. Is it noise? Narrow the rule, add an exception, or raise max_signals when all of them are wanted.`,
    false_positives: ['A bulk import of old traces.'],
  },
} as const satisfies Record<string, Partial<RuleMetadataInput>>;

export type MetaRuleId = keyof typeof META_RULES;

export function metaRule(id: MetaRuleId): Rule {
  const metadata = ruleMetadataSchema.parse({
    ...META_RULES[id],
    severity: severityOf(META_RULES[id].risk_score),
    status: 'stable',
    version: 1,
    entity: 'rule',
    threat: [{ framework: 'MITRE ATLAS', version: '5.6.0', technique: ['AML.T0015'] }],
  });
  return { kind: 'sql', id, file: '', metadata, query: '', queryLine: 0 };
}

/** What the engine noticed about `subject`, at `at` (microseconds since 1970). One match for each `occasion`. */
export function metaFinding(
  id: MetaRuleId,
  subject: Rule,
  at: number,
  occasion: string,
  title: string,
  values: Record<string, string>,
): Finding {
  const { severity, risk_score, version } = metaRule(id).metadata;
  return {
    id: hash('finding', id, 'rule', subject.id, ''),
    rule_id: id,
    rule_version: version,
    entity: { kind: 'rule', value: subject.id },
    session_id: '',
    dedup_key: '',
    title,
    severity,
    risk_score,
    starts_at: timestampText(at),
    ends_at: timestampText(at),
    evidence: [],
    values,
    match: hash('match', id, subject.id, occasion),
    filled_in: false,
  };
}
