import { type Finding, type FindingDraft, toFinding } from '../../../engine/core/finding.ts';
import { type RuleMetadataInput, ruleMetadataSchema, type SqlRule } from '../../../engine/core/rule.ts';

export function sampleRule(changes: Partial<RuleMetadataInput> & { id?: string } = {}): SqlRule {
  const { id = 'step-count-blowup', ...metadata } = changes;
  return {
    kind: 'sql',
    id,
    file: `rules/${id}.sql`,
    query: 'SELECT 1',
    queryLine: 1,
    metadata: ruleMetadataSchema.parse({
      name: 'Step count blow-up',
      description: 'A session takes far more steps than its like.',
      severity: 'medium',
      risk_score: 40,
      status: 'stable',
      version: 1,
      entity: 'session',
      threat: [{ framework: 'OWASP LLM', version: '2025', technique: ['LLM10'] }],
      runbook: 'Open the session, look at what it repeats, and stop the agent if it loops.',
      false_positives: ['Long batch jobs'],
      ...metadata,
    }),
  };
}

/** A finding on entity `entity` that rests on the spans named. */
export function sampleFinding(
  rule: SqlRule,
  entity: string,
  spans: readonly string[],
  changes: Partial<FindingDraft> = {},
  filledIn = false,
): Finding {
  const draft = {
    entity,
    session_id: entity,
    title: `Session ${entity} took 90 steps`,
    starts_at: '2026-11-20 10:00:00.123456789',
    ends_at: '2026-11-20 10:00:05.5',
    evidence: spans.map((span) => ({ trace_id: `trace-${entity}`, span_id: span, note: `step ${span}` })),
    steps: 90,
    ...changes,
  };
  return toFinding(rule, draft, filledIn);
}
