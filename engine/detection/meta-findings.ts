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
  'risk-added-up': {
    name: 'Findings about one entity add up',
    description:
      'Findings of several rules within a day are about the same session, agent or user, and their risk adds up.',
    risk_score: 70,
    runbook: `1. values.rules names the rules. SELECT * FROM risk_contributions WHERE entity_value = '<entity>' lists the findings.
2. Read them in order of time: reading outside content, then a credential, then an outward call is an attack in steps.
3. Stop the agent or lock the user until it is explained; then close the single alerts together with this one.`,
    false_positives: ['A test agent that is made to set off rules.'],
  },
  'canary-silent': {
    name: 'A canary raised nothing',
    description:
      'A session that has to set off a rule was sent through the receiver and no finding came of it. Detection may be down.',
    risk_score: 73,
    runbook: `1. GET /readyz and the log say whether the receiver and the store work. The table canary_runs has what became of each canary.
2. GET /api/v1/rules/health: is the rule running, how far has it come, does it fail?
3. What came in since the last canary that fired was perhaps not looked at. Windows are kept: once mended, the gap is filled in.`,
    false_positives: ['The machine was so busy that rules took longer than a minute.'],
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

/** What the engine noticed about an entity, at `at` (microseconds since 1970). One match for each `occasion`. */
export function metaFinding(
  id: MetaRuleId,
  entity: Finding['entity'],
  at: number,
  occasion: string,
  title: string,
  values: Record<string, string>,
): Finding {
  const { severity, risk_score, version } = metaRule(id).metadata;
  return {
    id: hash('finding', id, entity.kind, entity.value, ''),
    rule_id: id,
    rule_version: version,
    entity,
    session_id: entity.kind === 'session' ? entity.value : '',
    dedup_key: '',
    title,
    severity,
    risk_score,
    starts_at: timestampText(at),
    ends_at: timestampText(at),
    evidence: [],
    values,
    match: hash('match', id, entity.kind, entity.value, occasion),
    filled_in: false,
  };
}
