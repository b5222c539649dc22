import { CodedError, isCoded } from '../core/errors.ts';
import { type Finding, type FindingDraft, findingRowSchema, toFinding } from '../core/finding.ts';
import type { DetectorRule, Rule, SqlRule } from '../core/rule.ts';
import type { Session, SessionColumn } from '../core/session.ts';
import { timestampText } from '../core/timestamp.ts';
import type { Window } from '../core/window.ts';

/** The reads that evaluation needs, bound to one org. */
export interface RuleQueries {
  /** Runs a rule's SQL read-only, within the budgets of a rule. */
  runSql(sql: string, params: Record<string, unknown>): Promise<{ rows: Record<string, unknown>[]; rowsRead: number }>;
  /** Every session that got spans in the window, with all its spans ingested before the window's end. */
  sessionsTouched(window: Window, columns: readonly SessionColumn[]): AsyncIterable<Session>;
}

export interface Evaluation {
  readonly findings: readonly Finding[];
  /** Findings the rule made, of which `findings` holds at most max_signals. */
  readonly totalHits: number;
  readonly rowsRead: number;
}

/** Evaluates one rule over one window. Throws RULE_FAILED naming the rule. */
export async function evaluateRule(
  rule: Rule,
  window: Window,
  filledIn: boolean,
  queries: RuleQueries,
): Promise<Evaluation> {
  try {
    const { drafts, rowsRead } =
      rule.kind === 'sql' ? await runSqlRule(rule, window, queries) : await runDetector(rule, window, queries);
    const findings = distinct(drafts.map((draft) => toFinding(rule, draft, filledIn)));
    return { findings: findings.slice(0, rule.metadata.max_signals), totalHits: findings.length, rowsRead };
  } catch (error) {
    if (isCoded(error, 'STORE_UNAVAILABLE', 'DISK_FULL')) throw error;
    throw new CodedError('RULE_FAILED', `${rule.id}: ${(error as Error).message}`, { cause: error });
  }
}

interface Drafts {
  readonly drafts: FindingDraft[];
  readonly rowsRead: number;
}

async function runSqlRule(rule: SqlRule, window: Window, queries: RuleQueries): Promise<Drafts> {
  const { rows, rowsRead } = await queries.runSql(rule.query, {
    ...rule.metadata.params,
    from: timestampText(window.from),
    to: timestampText(window.to),
  });
  return { drafts: rows.map((row) => findingRowSchema.parse(row)), rowsRead };
}

async function runDetector(rule: DetectorRule, window: Window, queries: RuleQueries): Promise<Drafts> {
  const drafts: FindingDraft[] = [];
  let rowsRead = 0;
  for await (const session of queries.sessionsTouched(window, rule.columns)) {
    rowsRead += session.spans.length;
    for (const draft of rule.evaluate(session, rule.metadata.params)) drafts.push(findingRowSchema.parse(draft));
  }
  return { drafts, rowsRead };
}

/** Two drafts of one evaluation with the same id and evidence are one finding. */
function distinct(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [`${finding.id}${finding.match}`, finding])).values()];
}
