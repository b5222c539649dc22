import type { Finding } from '../core/finding.ts';
import type { Rule } from '../core/rule.ts';
import type { Span } from '../core/span.ts';
import { evaluateRule, type RuleQueries } from './evaluate-rule.ts';
import type { RuleTest } from './rule-test-file.ts';
import { testSpanId, toOtlpSpans } from './test-spans.ts';

/** An empty org on the real engine, with the real pipeline in front of it. */
export interface RuleTestBench extends RuleQueries {
  /** Empties the org. */
  reset(): Promise<void>;
  /** Stores the spans through the whole ingest pipeline. */
  ingest(spans: readonly Span[]): Promise<void>;
  recordDeployment(agentId: string, version: string, atMs: number): Promise<void>;
  /** Microseconds since 1970; everything ingested so far lies before it. */
  lowWater(): number;
}

export interface RuleTestResult {
  readonly rule: string;
  readonly test: string;
  readonly passed: boolean;
  /** '' when it passed; else what was expected and what came. */
  readonly problem: string;
}

/** Runs a rule's tests with the production executor, one window after the other as the spans arrive. */
export async function runRuleTests(
  rule: Rule,
  tests: readonly RuleTest[],
  bench: RuleTestBench,
  startMs: number,
): Promise<RuleTestResult[]> {
  const results: RuleTestResult[] = [];
  for (const test of tests) {
    const problem = await runTest(rule, test, bench, startMs);
    results.push({ rule: rule.id, test: test.name, passed: problem === '', problem });
  }
  return results;
}

async function runTest(rule: Rule, test: RuleTest, bench: RuleTestBench, startMs: number): Promise<string> {
  await bench.reset();
  for (const deployment of test.deployments) {
    await bench.recordDeployment(deployment.agent, deployment.version, startMs + deployment.at);
  }
  const spans = toOtlpSpans(test.name, test.spans, startMs);
  const last = Math.max(...spans.map(({ source }) => source.arrives + (source.sent_again ? 1 : 0)));
  const findings = new Map<string, Finding>();
  let from = bench.lowWater();
  for (let arrival = 1; arrival <= last; arrival++) {
    await bench.ingest(
      spans
        .filter(({ source }) => source.arrives === arrival || (source.sent_again && source.arrives < arrival))
        .map(({ span }) => span),
    );
    const to = bench.lowWater();
    const evaluation = await evaluateRule(rule, { from, to }, false, bench);
    for (const finding of evaluation.findings) findings.set(finding.id, finding);
    from = to;
  }
  return compare(test, [...findings.values()]);
}

function compare(test: RuleTest, findings: Finding[]): string {
  const left = [...findings];
  for (const expected of test.expect) {
    const index = left.findIndex(
      (finding) =>
        (expected.entity === undefined ||
          finding.entity.value === expected.entity ||
          finding.entity.value === `${test.name}/${expected.entity}`) &&
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
