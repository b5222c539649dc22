import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Rule, ruleMetadataSchema } from '../../engine/core/rule.ts';
import { parseSqlRule } from '../../engine/detection/sql-rule-file.ts';

const RULES = new URL('../../rules', import.meta.url).pathname;

const EVIDENCE =
  "groupArray(20)(CAST((TraceId, SpanId, 'seen'), 'Tuple(trace_id String, span_id String, note String)')) AS evidence";
const WINDOW = 'IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)}';
const TIMES = 'toString(min(Timestamp)) AS starts_at, toString(max(Timestamp)) AS ends_at';

/** One span that should not be: what most rules of a large set are, and what next to no traffic meets. */
const SINGLE = [
  (n: number) => `ToolName = 'forbidden_${n}'`,
  (n: number) => `Kind = 'tool' AND positionCaseInsensitive(ToolArgumentsPreview, 'marker-${n}') > 0`,
  (n: number) => `AgentId = 'agent-${n % 50}' AND ToolCategory = 'code_execution' AND ToolName LIKE 'sh_${n}%'`,
  (n: number) => `Model IN ('retired-${n}', 'retired-${n + 1}')`,
  (n: number) => `has(Redactions.Kind, 'kind_${n}')`,
  (n: number) => `SpanAttributes['bench.flag'] = '${n}'`,
  // One of its kind now and then finds something: a tool and an order that meet once in some thousand spans.
  (n: number) => `ToolName = 'tool_${n % 40}' AND ToolArgumentsPreview = '{"order":${(n * 97) % 1_000}}'`,
].map(
  (condition) => (n: number) =>
    `SELECT SessionId AS entity, SessionId AS session_id, concat('seen by agent ', any(AgentId)) AS title, ${TIMES}, ${EVIDENCE}
FROM otel_traces WHERE ${WINDOW} AND ${condition(n)} GROUP BY SessionId`,
);

/** More of something in one session than there should be: every session touched is counted whole. */
const threshold = (
  n: number,
) => `WITH touched AS (SELECT SessionId FROM otel_traces WHERE ${WINDOW} AND ToolName = 'tool_${n % 40}')
SELECT SessionId AS entity, SessionId AS session_id, concat('called it ', toString(count()), ' times') AS title, ${TIMES}, ${EVIDENCE}
FROM otel_traces FINAL WHERE SessionId IN touched AND IngestedAt < {to: DateTime64(6)} AND ToolName = 'tool_${n % 40}'
GROUP BY SessionId HAVING count() > ${12 + n}`;

/** More of something from one agent within a window. */
const burst = (
  n: number,
) => `SELECT AgentId AS entity, '' AS session_id, concat('a burst of ', toString(count())) AS title, ${TIMES}, ${EVIDENCE}
FROM otel_traces WHERE ${WINDOW} AND ToolDirection = 'output' AND ToolCategory != 'memory_${n}' GROUP BY AgentId HAVING count() > ${200 + n}`;

/** One thing after another in a session. */
const sequence = (
  n: number,
) => `WITH touched AS (SELECT SessionId FROM otel_traces WHERE ${WINDOW} AND ToolDirection = 'output')
SELECT SessionId AS entity, SessionId AS session_id, 'one after the other' AS title, ${TIMES}, ${EVIDENCE}
FROM otel_traces FINAL WHERE SessionId IN touched AND IngestedAt < {to: DateTime64(6)}
GROUP BY SessionId
HAVING countIf(ToolArgumentsLength > 1000) > 0
    AND maxIf(Timestamp, ToolDirection = 'output') > minIf(Timestamp, ToolName = 'tool_${n % 40}' AND ToolArgumentsLength > 1000)`;

/** 1,000 rules as a large installation may have them; `detail` says of what. */
export function benchRules(): { rules: Rule[]; detail: string } {
  const builtIn = readdirSync(RULES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .slice(0, 25)
    .map((file) => parseSqlRule(basename(file, '.sql'), file, readFileSync(join(RULES, file), 'utf8')));
  const own = [
    ...many(200, threshold),
    ...many(50, burst),
    ...many(50, sequence),
    ...many(700 - builtIn.length, (n) => SINGLE[n % SINGLE.length]!(n)),
  ].map((query, n): Rule => ({ kind: 'sql', id: `bench-${n}`, file: '', metadata: METADATA, query, queryLine: 1 }));
  return {
    rules: [...builtIn, ...own],
    detail: `${builtIn.length} built-in, 200 thresholds per session, 50 bursts per agent, 50 sequences, ${700 - builtIn.length} on single spans`,
  };
}

function many(count: number, make: (n: number) => string): string[] {
  return Array.from({ length: count }, (_, n) => make(n));
}

const METADATA = ruleMetadataSchema.parse({
  name: 'A rule of the benchmark',
  description: 'One of a thousand rules that run side by side.',
  severity: 'low',
  risk_score: 10,
  status: 'test',
  version: 1,
  entity: 'session',
  threat: [{ framework: 'OWASP LLM', version: '2025', technique: ['LLM01'] }],
  runbook: 'Nothing needs to be done about a benchmark, really nothing.',
  false_positives: ['None.'],
});
