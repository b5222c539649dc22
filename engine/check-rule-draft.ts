import { guardRuleQuery } from './clickhouse/sql-guard/guard-rule-query.ts';
import { DEFAULT_QUERY_LIMITS } from './clickhouse/sql-guard/query-limits.ts';
import type { Store } from './clickhouse/store.ts';
import { isCoded } from './core/errors.ts';
import type { Rule } from './core/rule.ts';
import { timestampText } from './core/timestamp.ts';
import { lintRule } from './detection/lint-rule.ts';
import { loadRule, parseRuleText } from './detection/load-rules.ts';
import { problemsOf } from './detection/rule-source.ts';
import type { RuleTestResult } from './detection/run-rule-tests.ts';
import { type RuleDraft, type TestRuleDraft, withDraftFiles } from './test-rule-draft.ts';

interface Against {
  readonly store: Store;
  readonly database: string;
  readonly mayReadContent: boolean;
  readonly isStructuralKey: (key: string) => boolean;
  /** Ids of all rules of the org. */
  readonly known: ReadonlySet<string>;
  readonly runTests: TestRuleDraft;
}

export interface DraftProblem {
  readonly file: 'rule' | 'tests';
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

export interface DraftCheck {
  /** What the text says; undefined when it can't be read. */
  readonly rule: Rule | undefined;
  readonly problems: readonly DraftProblem[];
  /** Empty while there are problems: the tests run on what the linter and the guard took. */
  readonly results: readonly RuleTestResult[];
}

/**
 * Reads, guards, lints and tests a draft, each step only when the one before found nothing. Throws what is nobody's mistake:
 * STORE_UNAVAILABLE, OVERLOADED.
 */
export async function checkRuleDraft(draft: RuleDraft, against: Against): Promise<DraftCheck> {
  let rule: Rule | undefined;
  try {
    rule = parseRuleText(draft.id, `${draft.id}.${draft.format}`, draft.text);
    const query = await guardDraft(rule, against);
    const problems = await lintDraft(draft, query, against);
    if (problems.length > 0) return { rule, problems, results: [] };
    return { rule, problems: [], results: await against.runTests(draft) };
  } catch (error) {
    const problems = problemsIn(error, rule);
    if (problems === undefined) throw error;
    return { rule, problems, results: [] };
  }
}

/** The query as it may be run; '' for a rule without one. */
async function guardDraft(rule: Rule, { store, database, mayReadContent, isStructuralKey }: Against): Promise<string> {
  if (rule.kind !== 'sql') return '';
  const parameters = { ...rule.metadata.params, from: timestampText(0), to: timestampText(1) };
  const asked = { query: rule.query, parameters, database, mayReadContent, isStructuralKey };
  return guardRuleQuery(store, asked, DEFAULT_QUERY_LIMITS);
}

async function lintDraft(draft: RuleDraft, guarded: string, { store, database, known }: Against) {
  const describe = (sql: string, params: Record<string, unknown>) =>
    // The linter asks for the author's query, of which only what the guard gave back is run.
    store.query<{ name: string; type: string }>(
      `DESCRIBE (${sql === 'SELECT * FROM otel_traces' ? sql : guarded})`,
      params,
      { database, settings: { readonly: 1 } },
    );
  return withDraftFiles(draft, async (folder) => {
    const rule = await loadRule(`${folder}/${draft.id}.${draft.format}`);
    const lines = await lintRule(rule, describe, known);
    return lines.map((line) => problemOf(line.replaceAll(`${folder}/`, '')));
  });
}

/** What is wrong with the draft; undefined when the error is not the draft's. */
function problemsIn(error: unknown, rule: Rule | undefined): DraftProblem[] | undefined {
  if (!isCoded(error)) return undefined;
  if (error.code === 'RULE_INVALID') return problemsOf(error).map(problemOf);
  if (error.code === 'RULE_FAILED') return [{ file: 'tests', line: 1, text: error.message }];
  if (!error.code.startsWith('QUERY_')) return undefined;
  return [{ file: 'rule', line: lineOfQueryError(error.message, rule), text: error.message }];
}

/** Line of the file on which the guard points; it counts within the query. */
function lineOfQueryError(message: string, rule: Rule | undefined): number {
  if (rule?.kind !== 'sql' || rule.form !== undefined) return 1;
  const line = /\bline (\d{1,6})\b/.exec(message)?.[1];
  return rule.queryLine - 1 + Number(line ?? 1);
}

function problemOf(line: string): DraftProblem {
  const [, file, number, text] = /^([^\s:]+):(\d{1,6}): (.*)$/s.exec(line) ?? [];
  if (text === undefined) return { file: 'rule', line: 1, text: line };
  return { file: file!.endsWith('.test.yaml') ? 'tests' : 'rule', line: Number(number), text };
}
