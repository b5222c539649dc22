import { stringify } from 'yaml';
import type { RuleKind } from '../core/rule-form.ts';
import type { Severity } from '../core/severity.ts';

export interface RuleAnswers {
  readonly id: string;
  readonly kind: RuleKind;
  readonly name: string;
  readonly severity: Severity;
  readonly entity: string;
}

/** Middle of each severity's band. */
const SCORES: Readonly<Record<Severity, number>> = { low: 15, medium: 40, high: 60, critical: 85 };

const FORMS: Partial<Record<RuleKind, object>> = {
  threshold: {
    title: '{entity} called {ToolName} {reached} times',
    where: "Kind = 'tool'",
    threshold: { at_least: 5, of: 'count', group_by: ['ToolName'], within: '10m' },
  },
  new_terms: {
    title: '{entity} used {ToolName} for the first time',
    where: "Kind = 'tool'",
    new_terms: { field: 'ToolName', look_back: '30d', min_history: '1d' },
  },
  sequence: {
    title: 'A session read a page and then deleted a file',
    sequence: {
      within: '10m',
      steps: [
        { name: 'read', where: "ToolName = 'fetch_page'" },
        { name: 'delete', where: "ToolName = 'delete_file'" },
      ],
    },
  },
  correlation: {
    title: '{reached} rules found something about {entity}',
    correlation: { rules: ['leaked-secret', 'tainted-exfiltration'], within: '1h' },
  },
  summary: { title: 'The summary of a session of {entity} names a risk', where: "has(risks, 'exfiltration')" },
};

const QUERY = (entity: string) => `SELECT
    ${entity} AS entity,
    SessionId AS session_id,
    concat(entity, ' did it') AS title,
    toString(min(Timestamp)) AS starts_at,
    toString(max(Timestamp)) AS ends_at,
    groupArray(20)(CAST((TraceId, SpanId, ''), 'Tuple(trace_id String, span_id String, note String)')) AS evidence
FROM otel_traces FINAL
WHERE SessionId IN (SELECT SessionId FROM otel_traces WHERE IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)})
    AND IngestedAt < {to: DateTime64(6)}
    AND ToolName = 'replace_me'
GROUP BY ${entity === 'SessionId' ? 'SessionId' : `${entity}, SessionId`}
`;

const ENTITY_COLUMNS: Readonly<Record<string, string>> = {
  session: 'SessionId',
  agent: 'AgentId',
  user: 'UserId',
  tool: 'ToolName',
  memory: 'MemoryStoreId',
  org: 'currentDatabase()',
};

/** A new rule's files by the end of their names: one that the linter takes, and tests that fail until somebody fills them in. */
export function ruleTemplate(answers: RuleAnswers): Record<string, string> {
  const metadata = {
    name: answers.name,
    description: `Say what ${answers.id} finds and why anybody should care.`,
    severity: answers.severity,
    risk_score: SCORES[answers.severity],
    status: 'experimental',
    version: 1,
    entity: answers.entity,
    threat: [{ framework: 'OWASP LLM', version: '2025', technique: ['LLM06'] }],
    runbook: 'Say what to look at first, how to tell an attack from a mistake, and what to do in each case.\n',
    false_positives: ['Say what harmless work looks the same.'],
  };
  const tests = `# Fill in the spans that the rule is for; \`rules test\` fails until both hold.
- name: fires on what it is for
  spans:
    - { id: cause, kind: tool, tool: name_of_the_tool }
  expect:
    - { evidence: [cause] }

- name: quiet on harmless work that looks the same
  spans:
    - { kind: tool, tool: name_of_another_tool }
  # Nothing is what a quiet test expects: \`expect: []\`.
  expect:
    - { title: fill in this test }
`;
  return { ...ruleFile(answers, metadata), '.test.yaml': tests };
}

function ruleFile({ kind, entity }: RuleAnswers, metadata: object): Record<string, string> {
  const column = ENTITY_COLUMNS[entity] ?? 'SessionId';
  if (kind === 'scheduled') return { '.sql': `/*\n${stringify(metadata)}*/\n${QUERY(column)}` };
  if (kind === 'detector') return { '.ts': detectorFile(metadata, column) };
  return { '.yaml': stringify({ ...metadata, kind, ...FORMS[kind] }) };
}

function detectorFile(metadata: object, column: string): string {
  const fields = JSON.stringify(metadata, null, 2)
    .replace(/^ {2}"(\w+)":/gm, '  $1:')
    .slice(2, -2);
  const columns = [
    ...new Set([
      'TraceId',
      'SpanId',
      'Timestamp',
      'ToolName',
      ...(/^\w+$/.test(column) && column !== 'SessionId' ? [column] : []),
    ]),
  ];
  const entity = columns.includes(column) ? `hits[0]!.${column}` : 'session.id';
  return `import { defineDetector } from 'spanwarden/engine/core/authoring.ts';

export default defineDetector({
${fields},
  columns: ${JSON.stringify(columns)},
  evaluate(session) {
    const hits = session.spans.filter((span) => span.ToolName === 'replace_me');
    if (hits.length === 0) return [];
    return [
      {
        entity: ${entity},
        session_id: session.id,
        title: 'Say what happened',
        starts_at: hits[0]!.Timestamp,
        ends_at: hits.at(-1)!.Timestamp,
        evidence: hits.slice(0, 20).map((span) => ({ trace_id: span.TraceId, span_id: span.SpanId, note: '' })),
      },
    ];
  },
});
`;
}
