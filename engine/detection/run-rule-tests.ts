import { type Finding, hash } from '../core/finding.ts';
import type { LogRecord } from '../core/log-record.ts';
import type { Rule } from '../core/rule.ts';
import type { RuleTest, TestFinding, TestSummary } from '../core/rule-test.ts';
import type { Span } from '../core/span.ts';
import { timestampText } from '../core/timestamp.ts';
import type { Window } from '../core/window.ts';
import { evaluateRule, type RuleQueries } from './evaluate-rule.ts';
import { toLogRecord } from './test-logs.ts';
import { testSessionId, testSpanId, toOtlpSpans } from './test-spans.ts';

type Summary = Omit<TestSummary, 'at' | 'session' | 'arrives' | 'edge' | 'sent_again'> & { session_id: string };

/** An empty org on the real engine, with the real pipeline in front of it. Times are microseconds since 1970. */
export interface RuleTestBench {
  /** The reads of rules over a window, as in production. */
  openPass(window: Window): { forRule(rule: Rule): RuleQueries };
  /** Empties the org. */
  reset(): Promise<void>;
  /** Stores the spans through the whole ingest pipeline, as if they had been accepted at that time. */
  ingest(spans: readonly Span[], ingestedAt: number): Promise<void>;
  ingestLogs(records: readonly LogRecord[], ingestedAt: number): Promise<void>;
  recordFindings(findings: readonly Finding[], foundAt: number): Promise<void>;
  recordSummaries(summaries: readonly Summary[], madeAt: number): Promise<void>;
  recordDeployment(agentId: string, version: string, atMs: number): Promise<void>;
}

export interface RuleTestResult {
  readonly rule: string;
  readonly test: string;
  readonly passed: boolean;
  /** '' when it passed; else what was expected and what came. */
  readonly problem: string;
  readonly seconds: number;
}

/** A test's windows are as long as this and begin a day after its first span may start. */
const WINDOW_MICROS = 10_000_000;
const ARRIVAL_AFTER_MS = 86_400_000;

/** Runs a rule's tests with the production executor, one window after the other as the spans arrive. */
export async function runRuleTests(
  rule: Rule,
  tests: readonly RuleTest[],
  bench: RuleTestBench,
  startMs: number,
): Promise<RuleTestResult[]> {
  const results: RuleTestResult[] = [];
  for (const test of tests) {
    const started = performance.now();
    const problem = await runTest(rule, test, bench, startMs);
    const seconds = (performance.now() - started) / 1_000;
    results.push({ rule: rule.id, test: test.name, passed: problem === '', problem, seconds });
  }
  return results;
}

async function runTest(rule: Rule, test: RuleTest, bench: RuleTestBench, startMs: number): Promise<string> {
  await bench.reset();
  for (const deployment of test.deployments) {
    await bench.recordDeployment(deployment.agent, deployment.version, startMs + deployment.at);
  }
  const spans = toOtlpSpans(test.name, test.spans, startMs);
  const arriving = [
    ...spans.map(({ source, span }) => ({ source, span })),
    ...test.logs.map((source, index) => ({ source, log: toLogRecord(test.name, source, index, startMs) })),
    ...test.findings.map((source, index) => ({ source, finding: toStoredFinding(test.name, source, index, startMs) })),
    ...test.summaries.map((source) => ({ source, summary: toSummary(test.name, source) })),
  ];
  const last = Math.max(...arriving.map(({ source }) => source.arrives + (source.sent_again ? 1 : 0)));
  const findings = new Map<string, Finding>();
  try {
    for (let number = 1; number <= last; number++) {
      const from = (startMs + ARRIVAL_AFTER_MS) * 1_000 + (number - 1) * WINDOW_MICROS;
      const window = { from, to: from + WINDOW_MICROS };
      for (const [instant, group] of Map.groupBy(arriving, ({ source }) => instantIn(window, number, source))) {
        if (instant === undefined) continue;
        const spansNow = group.flatMap((item) => ('span' in item ? [item.span] : []));
        const findingsNow = group.flatMap((item) => ('finding' in item ? [item.finding] : []));
        const summariesNow = group.flatMap((item) => ('summary' in item ? [item.summary] : []));
        if (spansNow.length > 0) await bench.ingest(spansNow, instant);
        const logsNow = group.flatMap((item) => ('log' in item ? [item.log] : []));
        if (logsNow.length > 0) await bench.ingestLogs(logsNow, instant);
        if (findingsNow.length > 0) await bench.recordFindings(findingsNow, instant);
        if (summariesNow.length > 0) await bench.recordSummaries(summariesNow, instant);
      }
      const evaluation = await evaluateRule(rule, window, false, bench.openPass(window).forRule(rule));
      for (const finding of evaluation.findings) findings.set(finding.id, finding);
    }
  } catch (error) {
    return `the rule failed: ${(error as Error).message.split('\n')[0]}`;
  }
  return compare(test, [...findings.values()]);
}

/** When something is accepted within a window; undefined when it isn't in this one. */
function instantIn(
  { from, to }: Window,
  number: number,
  { arrives, edge, sent_again }: { arrives: number; edge?: 'first' | 'last' | undefined; sent_again: boolean },
): number | undefined {
  if (arrives === number) return edge === 'first' ? from : edge === 'last' ? to - 1 : from + WINDOW_MICROS / 2;
  return sent_again && arrives < number ? from + WINDOW_MICROS / 2 : undefined;
}

function toStoredFinding(test: string, source: TestFinding, index: number, startMs: number): Finding {
  const session = testSessionId(test, source.session);
  const at = timestampText((startMs + source.at) * 1_000);
  const name = source.id ?? `finding ${index}`;
  return {
    id: hash(test, source.rule, name),
    rule_id: source.rule,
    rule_version: 1,
    entity: source.entity ?? { kind: 'session', value: session },
    session_id: session,
    dedup_key: name,
    title: `found by ${source.rule}`,
    severity: 'medium',
    risk_score: 40,
    starts_at: at,
    ends_at: at,
    evidence: [{ trace_id: testSpanId(test, 'trace'), span_id: testSpanId(test, name), note: '' }],
    values: source.values,
    match: hash(test, name),
    filled_in: false,
  };
}

function toSummary(test: string, { session, title, work_class, summary, risks }: TestSummary): Summary {
  return { session_id: testSessionId(test, session), title, work_class, summary, risks };
}

function compare(test: RuleTest, findings: Finding[]): string {
  const left = [...findings];
  for (const expected of test.expect) {
    const index = left.findIndex(
      (finding) =>
        (expected.entity === undefined ||
          finding.entity.value === expected.entity ||
          finding.entity.value === testSessionId(test.name, expected.entity)) &&
        (expected.title === undefined || finding.title.includes(expected.title)) &&
        (expected.evidence ?? []).every((name) =>
          finding.evidence.some((item) => item.span_id === testSpanId(test.name, name)),
        ),
    );
    if (index === -1) return `expected ${JSON.stringify(expected)}, found ${describe(left)}`;
    left.splice(index, 1);
  }
  return left.length === 0 ? '' : `expected nothing more, found ${describe(left)}`;
}

function describe(findings: readonly Finding[]): string {
  return findings.length === 0 ? 'nothing' : findings.map((finding) => `"${finding.title}"`).join(', ');
}
