import { basename } from 'node:path';
import { isCoded } from '../core/errors.ts';
import { findingRowSchema } from '../core/finding.ts';
import type { Rule, SqlRule } from '../core/rule.ts';
import { nearestName } from './nearest-name.ts';
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

/**
 * What is wrong with a rule that loaded: one line a problem, with file, line and how to mend it. `known` are the ids of all rules
 * there are; rules that build on others are held against it when it is given.
 */
export async function lintRule(rule: Rule, describe: DescribeQuery, known?: ReadonlySet<string>): Promise<string[]> {
  return [
    ...(rule.kind === 'sql' ? await lintQuery(rule, describe) : []),
    ...(await lintColumns(rule, describe)),
    ...(await lintTrigger(rule, describe)),
    ...lintCorrelated(rule, known),
    ...(await lintTests(rule)),
  ];
}

/** Columns that a rule names outside its query: one that doesn't exist means that it can never fire. */
async function lintColumns(rule: Rule, describe: DescribeQuery): Promise<string[]> {
  const columns = (await describe('SELECT * FROM otel_traces', {})).map(({ name }) => name);
  const named = [...rule.metadata.required_fields, ...(rule.kind === 'detector' ? rule.columns : [])];
  return [...new Set(named)]
    .filter((name) => !columns.includes(name))
    .map((name) => {
      const near = nearestName(name, columns);
      const mend = near === undefined ? 'name one that otel_traces has' : `did you mean ${near}?`;
      return invalid(rule.file, 1, `required_fields and columns: there is no column ${name}; ${mend}`).message;
    });
}

async function lintTrigger(rule: Rule, describe: DescribeQuery): Promise<string[]> {
  const { trigger, params } = rule.metadata;
  if (trigger === undefined) return [];
  const problem = (text: string) => [invalid(rule.file, 1, `trigger: ${text}`).message];
  if (rule.kind === 'detector') return problem('only rules in SQL have one; a detector sees all sessions touched');
  try {
    await describe(`SELECT 1 FROM otel_traces WHERE (${trigger})`, params);
    return [];
  } catch (error) {
    if (!isCoded(error, 'STORE_REFUSED')) throw error;
    return problem(`it must be a condition on the columns of one span; ${error.message}`);
  }
}

function lintCorrelated(rule: Rule, known?: ReadonlySet<string>): string[] {
  if (rule.kind !== 'sql' || rule.form?.kind !== 'correlation' || known === undefined) return [];
  return rule.form.correlation.rules
    .filter((id) => !known.has(id) || id === rule.id)
    .map((id) => {
      const reason = id === rule.id ? 'a rule cannot build on itself' : `there is no rule ${id}`;
      return invalid(rule.file, 1, `correlation.rules: ${reason}; "rules list" shows what there is`).message;
    });
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
    const at = rule.form === undefined ? /\(line (\d+), col \d+\)/.exec(error.message) : null;
    const line = Number(at?.[1] ?? lineOfName(rule, unknownName(error.message)));
    problems.push(invalid(rule.file, rule.queryLine + line - 1, error.message).message);
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
    if (tests.length === 0) {
      const mend = 'add it with one test that expects a finding and one that expects none';
      return [
        invalid(rule.file, 1, `the rule has no tests: there is no ${basename(ruleTestFile(rule))}; ${mend}`).message,
      ];
    }
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

/** The name that the engine says it doesn't know. */
function unknownName(message: string): string {
  return /(?:Unknown|Missing)[^`']*[`'](\w+)[`']/i.exec(message)?.[1] ?? '';
}

/** Line of the query, from 1, on which a name stands first; 1 when the author didn't write the query. */
function lineOfName(rule: SqlRule, name: string): number {
  const index = name === '' || rule.form !== undefined ? -1 : rule.query.search(new RegExp(`\\b${name}\\b`));
  return index === -1 ? 1 : rule.query.slice(0, index).split('\n').length;
}

function lineOf(rule: SqlRule, index: number): number {
  if (rule.form !== undefined) return rule.queryLine;
  return rule.queryLine + rule.query.slice(0, index).split('\n').length - 1;
}
