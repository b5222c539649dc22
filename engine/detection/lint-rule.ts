import { isCoded } from '../core/errors.ts';
import { findingRowSchema } from '../core/finding.ts';
import type { Rule, SqlRule } from '../core/rule.ts';
import { invalid } from './rule-source.ts';
import { readRuleTests, ruleTestFile } from './rule-test-file.ts';

/** Columns and types that a query would return, told by the engine without running it. Throws STORE_REFUSED. */
export type DescribeQuery = (sql: string, params: Record<string, unknown>) => Promise<{ name: string; type: string }[]>;

/** Any time that passes the linter's bound values; the query is only typed, never run. */
const SAMPLE_TIME = '2026-01-01 00:00:00.000000';

const CLOCKS =
  /\b(now|now64|nowInBlock|today|yesterday|current_timestamp|current_date|curdate|utc_timestamp|utctimestamp)\b\s*(\(|$|\s)/i;
const INCLUSIVE_END = /<=\s*\{to\b|BETWEEN\s*\{from\b/i;
const EXCLUSIVE_START = /IngestedAt\s*>\s*\{from\b/;

/** What is wrong with a rule that loaded: one line a problem, with file, line and how to mend it. */
export async function lintRule(rule: Rule, describe: DescribeQuery): Promise<string[]> {
  return [...(rule.kind === 'sql' ? await lintQuery(rule, describe) : []), ...(await lintTests(rule))];
}

async function lintQuery(rule: SqlRule, describe: DescribeQuery): Promise<string[]> {
  const problems: string[] = [];
  const code = withoutCommentsAndStrings(rule.query);
  const report = (pattern: RegExp, problem: string) => {
    const match = pattern.exec(code);
    if (match) problems.push(invalid(rule.file, lineOf(rule, match.index), problem).message);
  };
  report(CLOCKS, 'the engine owns the time: use {from} and {to} instead of the clock, so that a replay finds the same');
  report(
    INCLUSIVE_END,
    'windows are half-open: write IngestedAt < {to: DateTime64(6)}, or a span on the edge counts twice',
  );
  report(
    EXCLUSIVE_START,
    'windows are half-open: write IngestedAt >= {from: DateTime64(6)}, or a span on the edge is lost',
  );
  for (const name of ['from', 'to']) {
    if (!new RegExp(`\\{${name}\\s*:\\s*DateTime64\\(6\\)\\s*\\}`).test(code)) {
      problems.push(
        invalid(rule.file, 1, `the query never uses {${name}: DateTime64(6)}; restrict it to the window on IngestedAt`)
          .message,
      );
    }
  }
  try {
    const columns = await describe(rule.query, { ...rule.metadata.params, from: SAMPLE_TIME, to: SAMPLE_TIME });
    problems.push(...missingColumns(rule, new Map(columns.map((column) => [column.name, column.type]))));
  } catch (error) {
    if (!isCoded(error, 'STORE_REFUSED')) throw error;
    const at = /\(line (\d+), col \d+\)/.exec(error.message);
    problems.push(invalid(rule.file, lineOf(rule, 0) + Number(at?.[1] ?? 1) - 1, error.message).message);
  }
  return problems;
}

const COLUMN_TYPES: Readonly<Record<string, RegExp>> = {
  entity: /^(LowCardinality\()?String/,
  session_id: /^(LowCardinality\()?String/,
  dedup_key: /^(LowCardinality\()?String/,
  title: /^(LowCardinality\()?String/,
  starts_at: /^(LowCardinality\()?String/,
  ends_at: /^(LowCardinality\()?String/,
  evidence: /^Array\(Tuple\(\s*trace_id String,\s*span_id String,\s*note String\s*\)\)$/,
};

function missingColumns(rule: SqlRule, columns: ReadonlyMap<string, string>): string[] {
  return Object.entries(COLUMN_TYPES).flatMap(([name, type]) => {
    const found = columns.get(name);
    if (found === undefined) {
      const optional = findingRowSchema.shape[name as keyof typeof findingRowSchema.shape].safeParse(undefined).success;
      return optional
        ? []
        : [
            invalid(rule.file, 1, `the query returns no column ${name}; see docs/rules.md for the columns of a finding`)
              .message,
          ];
    }
    return type.test(found)
      ? []
      : [
          invalid(
            rule.file,
            1,
            `column ${name} is ${found}; times and texts are String (toString), evidence is Array(Tuple(trace_id String, span_id String, note String))`,
          ).message,
        ];
  });
}

async function lintTests(rule: Rule): Promise<string[]> {
  try {
    const tests = await readRuleTests(rule);
    const firing = tests.filter((test) => test.expect.length > 0).length;
    if (firing > 0 && firing < tests.length) return [];
    return [
      invalid(
        ruleTestFile(rule),
        1,
        'a rule needs at least one test that expects a finding and one that expects none (expect: [])',
      ).message,
    ];
  } catch (error) {
    if (!isCoded(error, 'RULE_INVALID')) throw error;
    return [error.message];
  }
}

/** The same text with comments and string literals blanked, so that positions stay. */
function withoutCommentsAndStrings(sql: string): string {
  return sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\.|'')*'/g, (match) => match.replace(/[^\n]/g, ' '));
}

function lineOf(rule: SqlRule, index: number): number {
  return rule.queryLine + rule.query.slice(0, index).split('\n').length - 1;
}
